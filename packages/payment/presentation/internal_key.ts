import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import type { KeyGuard } from "@payflow/shared/http";

export type InternalEnv = { Bindings: { peer: string } };

const bearer = /^Bearer +(.+)$/i;

/** Lets only callers in who know an internal key; whoever else reaches this port gets 401, and after some tries 429. */
export function requireInternalKey(key: KeyGuard): MiddlewareHandler<InternalEnv> {
  return async (c, next) => {
    // Prometheus sends a key as a Bearer, and no header of our own
    const [, scraping] =
      (c.req.path === "/metrics" && bearer.exec(c.req.header("Authorization") ?? "")) || [];
    const given = c.req.header("X-Internal-Key") ?? scraping;
    // no key is no guess
    if (given !== undefined && key.isRight(given, c.env.peer)) return await next();
    const text = "The payment service answers the order service only";
    throw new AppError("unauthorized", "internal_key_required", text);
  };
}
