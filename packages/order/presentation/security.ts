import type { MiddlewareHandler } from "hono";
import { AppError } from "@payflow/shared";
import type { CallerVariables } from "./caller.ts";

/**
 * Refuses what a page of another site made a browser send: browsers name the page's origin with every POST, and most of
 * them its relation to us. Callers that are no browsers are not concerned, nor is whoever has the merchant's key, which
 * no other site knows: its being there, not a header's, is what counts.
 */
export function refuseCrossSite(
  publicUrl: string,
): MiddlewareHandler<{ Variables: CallerVariables }> {
  const { origin: publicOrigin, protocol } = new URL(publicUrl);
  return async (c, next) => {
    const { method } = c.req;
    const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (reads || c.get("caller").isMerchant) return await next();
    const origin = c.req.header("Origin");
    // in development the shop has loopback names besides
    const isOwn =
      origin === publicOrigin || (protocol === "http:" && origin === new URL(c.req.url).origin);
    const isForeign =
      origin === undefined ? c.req.header("Sec-Fetch-Site") === "cross-site" : !isOwn;
    if (isForeign) {
      throw new AppError(
        "forbidden",
        "cross_site_request",
        `A page of ${(origin ?? "another site").slice(0, 100)} may not do this here`,
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
    // most answers depend on who asks, redirects and refusals included; what may be stored says so itself
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
    if (!c.req.path.startsWith("/api/")) return;
    c.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  };
}
