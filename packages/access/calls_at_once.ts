import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import { clientLine } from "@payflow/shared/http";
import type { ApiEnv } from "./caller.ts";

/** Concurrent calls of one client address; many shoppers may share an address. */
const atOnceMax = 20;

/**
 * Limits the concurrent POSTs of one client address, whether they wait for Toss, a slow body or the database.
 * Throws AppError `rate_limited`. Callers with a key are not limited, because they call for all shoppers.
 */
export function limitCallsAtOnce(isOn: boolean): MiddlewareHandler<ApiEnv> {
  const underWay = new Map<string, number>();
  return async (c, next) => {
    if (!isOn || c.req.method !== "POST" || c.get("caller").key !== undefined) return await next();
    const line = clientLine(c.get("clientAddress"));
    const count = underWay.get(line) ?? 0;
    const message = `More than ${atOnceMax} calls from this address are under way`;
    if (count >= atOnceMax)
      throw new AppError("too_many", "rate_limited", message, { retryAfterSeconds: 2 });
    underWay.set(line, count + 1);
    try {
      await next();
    } finally {
      const left = (underWay.get(line) ?? 1) - 1;
      if (left === 0) underWay.delete(line);
      else underWay.set(line, left);
    }
  };
}
