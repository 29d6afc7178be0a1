import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./caller.ts";
import { AppError } from "@payflow/shared";

/**
 * Rejects cross-site requests: with every POST a browser sends the page's Origin, and most send Sec-Fetch-Site. Callers
 * that are no browsers send neither. Callers with a valid API key are admitted, because no other site knows the key; an
 * `Authorization` header alone is not enough.
 */
export function refuseCrossSite(publicUrl: string): MiddlewareHandler<ApiEnv> {
  const { origin: publicOrigin, protocol } = new URL(publicUrl);
  return async (c, next) => {
    const { method } = c.req;
    const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (reads || c.get("caller").key !== undefined) return await next();
    const origin = c.req.header("Origin");
    // in development the shop also has loopback names
    const isOwn =
      origin === publicOrigin || (protocol === "http:" && origin === new URL(c.req.url).origin);
    const isForeign =
      origin === undefined ? c.req.header("Sec-Fetch-Site") === "cross-site" : !isOwn;
    if (!isForeign) return await next();
    const text = `A page of ${(origin ?? "another site").slice(0, 100)} may not do this here`;
    throw new AppError("forbidden", "cross_site_request", text);
  };
}

/**
 * Headers of every response. They are set before the handler, which is cheapest and lets the handler override them: for
 * example a page's content security policy, a cacheable response, or a stricter Referrer-Policy for a URL with a token.
 * So every handler must respond by Hono's context, not with a `Response` of its own.
 */
export function securityHeaders(isHttps: boolean): MiddlewareHandler {
  const { "Content-Security-Policy": policy, ...headers } = apiHeaders(isHttps);
  return (c, next) => {
    for (const name in headers) c.header(name, headers[name]);
    if (c.req.path.startsWith("/api/")) c.header("Content-Security-Policy", policy);
    return next();
  };
}

/** The security headers of an API response. */
export function apiHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    // most responses depend on the caller, also redirects and errors
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    ...(isHttps ? { "Strict-Transport-Security": "max-age=31536000" } : {}),
  };
}
