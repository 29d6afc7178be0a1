import type { MiddlewareHandler } from "hono";
import { isIP } from "node:net";
import { AppError } from "@payflow/shared";
import { networkSet } from "@payflow/shared/http";

/**
 * Accepts requests for `publicUrl`'s host, and for loopback names while that is a development address. Other hosts are
 * rejected except for `anyHostPaths`: a cache or browser could take the response for that of a foreign name. A name that
 * differs only by `www.` or a trailing dot is redirected to the right one. Throws AppError `malformed_host`,
 * `misdirected_request`.
 */
export function knownHosts(publicUrl: string, anyHostPaths: readonly string[]): MiddlewareHandler {
  const shop = new URL(publicUrl);
  const isDevelopment = shop.protocol === "http:" || isLoopback(shop.hostname);
  return async (c, next) => {
    if (anyHostPaths.includes(c.req.path)) return await next();
    const host = c.req.header("Host") ?? new URL(c.req.url).host;
    if (host === shop.host) return await next();
    const name = hostName(host);
    if (name === undefined)
      throw new AppError("malformed", "malformed_host", "The Host header is not a host");
    if (name === shop.hostname || (isDevelopment && isLoopback(name))) return await next();
    if (isIP(shop.hostname) === 0 && bareName(name) === bareName(shop.hostname)) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(shop.origin + pathname + search, 308);
    }
    const text = `This is ${shop.host}, not the requested host; a proxy in front must pass the Host header on, or PUBLIC_URL must name it`;
    throw new AppError("misdirected", "misdirected_request", text);
  };
}

/** The name or address of a Host header, normalized like in a URL; undefined for an invalid header. */
function hostName(host: string): string | undefined {
  if (!/^[!-~]+$/.test(host) || /[/?#@\\,]/.test(host)) return undefined;
  return URL.parse(`http://${host}/`)?.hostname;
}

const bareName = (name: string) => name.replace(/^www\./, "").replace(/\.$/, "");

const isLoopbackAddress = networkSet(["127.0.0.0/8", "::1"]);

function isLoopback(name: string): boolean {
  const isName = name === "localhost" || name.endsWith(".localhost");
  return isName || isLoopbackAddress(name.replace(/^\[|\]$/g, ""));
}
