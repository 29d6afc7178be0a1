// Which addresses belong to nobody's internal network: what a webhook may be sent to, so that an address that somebody
// typed can't be used to reach the machines around this one (SSRF).
import { isIP } from "node:net";
import { invalidField } from "@payflow/shared";
import { networkSet } from "@payflow/shared/http";

/**
 * What is not globally reachable by the IANA registries (https://www.iana.org/assignments/iana-ipv4-special-registry,
 * https://www.iana.org/assignments/iana-ipv6-special-registry), multicast, and what a translator turns into an IPv4
 * address: mapped, NAT64, 6to4, Teredo. Clouds' metadata is at 169.254.169.254, fd00:ec2::254 and 100.100.100.200.
 */
const closed = networkSet(
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
  203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32`.split(/\s+/),
);
/** IPv6 gives out addresses from here only (RFC 4291). */
const global = networkSet(["2000::/3"]);
const closedV6 = networkSet(
  "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split(" "),
);

/** Whether an IP address can be reached from anywhere. Text that is no address can't. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closed(address);
  // a zone names a link of this machine
  return version === 6 && !address.includes("%") && global(address) && !closedV6(address);
}

/** The same of a URL's host: a name is public until it is resolved, but for those that mean this machine. */
export function isPublicHost(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0) return isPublicAddress(address);
  return !/(^|\.)(localhost|local|internal)\.?$/.test(host);
}

/**
 * An endpoint's address as it is kept. Throws AppError `invalid_request` for one that is not https, unless
 * `allowsPrivate`, that has a login or a fragment, or names a private address.
 */
export function webhookUrl(text: string, allowsPrivate: boolean): string {
  const url = URL.parse(text);
  const message = url === null ? "is no address" : (faultOf(url, allowsPrivate) ?? "");
  if (url !== null && message === "") return url.href;
  throw invalidField("url", message);
}

function faultOf(url: URL, allowsPrivate: boolean): string | undefined {
  const isWeb = url.protocol === "https:" || (allowsPrivate && url.protocol === "http:");
  if (!isWeb) return "must begin with https://";
  if (url.username !== "" || url.password !== "") return "must not have a login";
  if (url.hash !== "") return "must not have a fragment";
  return allowsPrivate || isPublicHost(url.hostname) ? undefined : "must be a public address";
}
