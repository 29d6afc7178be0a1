// Bun's fetch uses HTTP_PROXY, HTTPS_PROXY and ALL_PROXY by default. A proxy can read plain HTTP, so it must never get
// calls between PayFlow's services, which contain the internal key. Toss may be reachable only through a proxy.
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

/** For calls between PayFlow's services: never through a proxy. */
export function fetchDirectly(request: Request): Promise<Response> {
  return fetch(request, { proxy: false });
}

/** For calls to Toss: through the environment's proxy, but directly to the sandbox. */
export function fetchFromToss(request: Request): Promise<Response> {
  return isNearby(new URL(request.url).hostname) ? fetchDirectly(request) : fetch(request);
}

/** True for this machine, and for a container in the same network, whose name has no dot. */
function isNearby(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return !address.includes(".") || address.endsWith(".localhost");
  if (/^(127\.|0\.0\.0\.0$|::1?$|::ffff:7f)/.test(address)) return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((own) => own.address === address),
  );
}
