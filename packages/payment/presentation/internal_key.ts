import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import { sameSecret } from "@payflow/shared/runtime";

/** Lets only callers in who know one of the internal keys; whoever else reaches this port gets 401. */
export function requireInternalKey(keys: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const given = c.req.header("X-Internal-Key") ?? "";
    if (!keys.some((key) => sameSecret(given, key))) {
      throw new AppError(
        "unauthorized",
        "internal_key_required",
        "The payment service answers the order service only",
      );
    }
    await next();
  };
}
