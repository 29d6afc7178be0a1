import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import type { KeyGuard } from "@payflow/shared/http";

/** Lets only callers in who know an internal key; whoever else reaches this port gets 401, and after some tries 429. */
export function requireInternalKey(
  key: KeyGuard,
): MiddlewareHandler<{ Bindings: { peer: string } }> {
  return async (c, next) => {
    const given = c.req.header("X-Internal-Key");
    // no key is no guess
    if (given === undefined || !key.isRight(given, c.env.peer)) {
      throw new AppError(
        "unauthorized",
        "internal_key_required",
        "The payment service answers the order service only",
      );
    }
    await next();
  };
}
