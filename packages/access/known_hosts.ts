import type { MiddlewareHandler } from "hono";
import { isIP } from "node:net";
import { AppError } from "@payflow/shared";
import { networkSet } from "@payflow/shared/http";

/**
 * Answers under `publicUrl`'s host, and under loopback names while that is a development address; other hosts are
 * refused but for `anyHostPaths`: an answer under a name that is not ours could be stored or read as that name's. `www.`
 * before the name, its absence, and a dot behind it are led to the right one. Throws AppError `malformed_host`,
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
      throw new AppError("malformed", "malformed_host", "The Host header is no host");
    const isOwn = name === shop.hostname || (isDevelopment && isLoopback(name));
    if (isOwn) return await next();
    if (isIP(shop.hostname) === 0 && bareName(name) === bareName(shop.hostname)) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(shop.origin + pathname + search, 308);
    }
    const text = `This is ${shop.host}, not the host that was asked for; a proxy in front must pass the Host header on, or PUBLIC_URL must name it`;
    throw new AppError("misdirected", "misdirected_request", text);
  };
}

/** The name or address of a Host header as browsers write it; undefined when it is none. */
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
