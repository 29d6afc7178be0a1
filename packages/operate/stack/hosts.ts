// The addresses that the parts listen on, and those by which browsers and other
// parts reach them. Built-in modules only.
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

type Environment = Readonly<Record<string, string | undefined>>;
type Ports = { readonly order: number; readonly sandbox: number };

export type Hosts = {
  readonly order: string;
  readonly payment: string;
  readonly sandbox: string;
};

export type BrowserAddresses = {
  readonly shop: string;
  readonly sandbox: string;
};

const loopback = "127.0.0.1";

/**
 * Without settings all parts are only reachable from this machine. When PUBLIC_URL has a
 * network address of this machine, browsers reach the sandbox by that address too.
 */
export function browserAddresses(env: Environment, ports: Ports): BrowserAddresses {
  const shop = env["PUBLIC_URL"] || `http://localhost:${ports.order}`;
  const own = ownAddress(shop, ports.order);
  return {
    shop: shop.replace(/\/+$/, ""),
    sandbox:
      env["TOSS_SANDBOX_URL"]?.replace(/\/+$/, "") ||
      `http://${own ?? "localhost"}:${ports.sandbox}`,
  };
}

/** By default a part listens on the host of its browser address, if that is this machine's, else on loopback. */
export function listeningHosts(env: Environment, ports: Ports): Hosts {
  const addresses = browserAddresses(env, ports);
  const ownOr = (url: string, port: number) =>
    ownAddress(url, port)?.replace(/^\[|\]$/g, "") ?? loopback;
  return {
    order: env["ORDER_HOST"] || ownOr(addresses.shop, ports.order),
    payment: env["PAYMENT_HOST"] || loopback,
    sandbox: env["TOSS_SANDBOX_HOST"] || ownOr(addresses.sandbox, ports.sandbox),
  };
}

/** The URL by which another part on this machine reaches a part that listens on `host`. */
export function localUrl(host: string, port: number): string {
  if (host === "0.0.0.0") return `http://${loopback}:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The unchanged host of `url`, if it is http with this port on an IP address of this machine. */
function ownAddress(url: string, port: number): string | undefined {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "http:" || parsed.port !== String(port)) return;
  const address = parsed.hostname.replace(/^\[|\]$/g, "");
  const isOwn =
    /^127\./.test(address) ||
    Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address));
  return isIP(address) !== 0 && isOwn ? parsed.hostname : undefined;
}
