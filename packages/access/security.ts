import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./caller.ts";
import { AppError } from "@payflow/shared";

/**
 * Refuses what a page of another site made a browser send: browsers name the page's origin with every POST, and most of
 * them its relation to us. Callers that are no browsers are not concerned, nor is whoever has a key of the API, which
 * no other site knows: its being there, not a header's, is what counts.
 */
export function refuseCrossSite(publicUrl: string): MiddlewareHandler<ApiEnv> {
  const { origin: publicOrigin, protocol } = new URL(publicUrl);
  return async (c, next) => {
    const { method } = c.req;
    const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (reads || c.get("caller").key !== undefined) return await next();
    const origin = c.req.header("Origin");
    // in development the shop has loopback names besides
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
 * Headers of every response. They are set before the handler, which costs least and lets it override them: a page adds
 * its content security policy, a response that may be cached says so, an address with a token asks for a stricter
 * Referrer-Policy. So every handler must answer by Hono's context, not by a `Response` of its own.
 */
export function securityHeaders(isHttps: boolean): MiddlewareHandler {
  const { "Content-Security-Policy": policy, ...headers } = apiHeaders(isHttps);
  return (c, next) => {
    for (const name in headers) c.header(name, headers[name]);
    if (c.req.path.startsWith("/api/")) c.header("Content-Security-Policy", policy);
    return next();
  };
}

/** Those of a response of the API. */
export function apiHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    // most responses depend on the caller, redirects and refusals included
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    ...(isHttps ? { "Strict-Transport-Security": "max-age=31536000" } : {}),
  };
}
