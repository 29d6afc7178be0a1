import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import { clientLine } from "@payflow/shared/http";
import type { CallerVariables } from "./caller.ts";

/** Calls of one client address under way together; many shoppers may share one. */
const atOnceMax = 20;

/**
 * Bounds the POSTs of one client address under way together, whatever each of them waits for: Toss, a body that comes
 * slowly, the database. Throws AppError `rate_limited`. The merchant, who acts for all shoppers, is not bounded.
 */
export function limitCallsAtOnce(isOn: boolean): MiddlewareHandler<{ Variables: CallerVariables }> {
  const underWay = new Map<string, number>();
  return async (c, next) => {
    const isBounded = isOn && c.req.method === "POST";
    if (!isBounded || c.get("caller").isMerchant) return next();
    const line = clientLine(c.get("clientAddress"));
    const count = underWay.get(line) ?? 0;
    if (count >= atOnceMax)
      throw new AppError(
        "too_many",
        "rate_limited",
        `More than ${atOnceMax} calls from this address are under way`,
        { retryAfterSeconds: 2 },
      );
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
