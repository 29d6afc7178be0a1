import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import { sameSecret } from "@payflow/shared/runtime";

/** Lets only callers in who know the internal key; whoever else reaches this port gets 401. */
export function requireInternalKey(key: string): MiddlewareHandler {
  return async (c, next) => {
    if (!sameSecret(c.req.header("X-Internal-Key") ?? "", key)) {
      throw new AppError(
        "unauthorized",
        "internal_key_required",
        "The payment service answers the order service only",
      );
    }
    await next();
  };
}
