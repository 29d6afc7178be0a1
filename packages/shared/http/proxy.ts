// Bun's fetch follows HTTP_PROXY, HTTPS_PROXY and ALL_PROXY by itself. A proxy reads what is sent by http, and must never see
// calls between PayFlow's own parts, which carry the internal key; Toss may be reachable by a proxy only.
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

/** For calls between PayFlow's own parts: never through a proxy. */
export function fetchDirectly(request: Request): Promise<Response> {
  return fetch(request, { proxy: false });
}

/** For calls to Toss: by the environment's proxy, unless the sandbox stands in for Toss. */
export function fetchFromToss(request: Request): Promise<Response> {
  return isNearby(new URL(request.url).hostname) ? fetchDirectly(request) : fetch(request);
}

/** This machine by one of its addresses, or a neighbour in a container network, whose name has no dot. */
function isNearby(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return !address.includes(".") || address.endsWith(".localhost");
  if (/^(127\.|0\.0\.0\.0$|::1?$|::ffff:7f)/.test(address)) return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((own) => own.address === address),
  );
}
