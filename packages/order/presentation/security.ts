import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";

/**
 * Refuses what a page of another site made a browser send: browsers name the page's origin with every POST. Callers
 * that are no browsers, or that bring a key of their own, are not concerned, and neither are Toss's webhooks.
 */
export function refuseCrossSite(publicOrigin: string): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header("Origin");
    const reads =
      c.req.method === "GET" ||
      c.req.method === "HEAD" ||
      c.req.method === "OPTIONS";
    const own = origin === publicOrigin || origin === new URL(c.req.url).origin;
    const concerned =
      !reads &&
      origin !== undefined &&
      c.req.header("Authorization") === undefined;
    if (concerned && !own && c.req.path !== "/webhooks/toss") {
      throw new AppError(
        "forbidden",
        "cross_site_request",
        `A page of ${origin.slice(0, 100)} may not do this here`,
      );
    }
    await next();
  };
}

/** Headers of every answer; the pages add their content security policy. */
export function securityHeaders(isHttps: boolean): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header("X-Content-Type-Options", "nosniff");
    // an answer to an address with a token in it asks for a stricter one
    if (!c.res.headers.has("Referrer-Policy"))
      c.header("Referrer-Policy", "strict-origin-when-cross-origin");
    c.header("X-Frame-Options", "DENY");
    if (isHttps) c.header("Strict-Transport-Security", "max-age=31536000");
    const { pathname } = new URL(c.req.url);
    if (!pathname.startsWith("/api/")) return;
    c.header(
      "Content-Security-Policy",
      "default-src 'none'; frame-ancestors 'none'",
    );
    c.header("Cache-Control", "no-store");
  };
}
