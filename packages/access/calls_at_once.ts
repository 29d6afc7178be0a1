import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import { clientLine } from "@payflow/shared/http";
import type { ApiEnv } from "./caller.ts";

/** Calls of one client address under way together; many shoppers may share one. */
const atOnceMax = 20;

/**
 * Bounds the POSTs of one client address under way together, whatever each of them waits for: Toss, a slow body, the
 * database. Throws AppError `rate_limited`. Whoever has a key, and calls for all shoppers, is not bounded.
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
