// Decides which addresses are public. Webhooks go only to public addresses, so that a configured address can't be used to
// reach machines of the internal network (SSRF).
import { isIP } from "node:net";
import { invalidField } from "@payflow/shared";
import { networkSet } from "@payflow/shared/http";

/**
 * Networks not globally reachable by the IANA registries (https://www.iana.org/assignments/iana-ipv4-special-registry,
 * https://www.iana.org/assignments/iana-ipv6-special-registry), multicast, and IPv6 addresses translated to IPv4:
 * mapped, NAT64, 6to4, Teredo. Clouds' metadata is at 169.254.169.254, fd00:ec2::254 and 100.100.100.200.
 */
const closed = networkSet(
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
  203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32`.split(/\s+/),
);
/** The only range of global IPv6 addresses that is assigned (RFC 4291). */
const global = networkSet(["2000::/3"]);
const closedV6 = networkSet(
  "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split(" "),
);

/** Whether an IP address is public; false for text that is no address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closed(address);
  // an address with a zone belongs to a network interface of this machine
  return version === 6 && !address.includes("%") && global(address) && !closedV6(address);
}

/** The same for a URL's host. A name counts as public until it is resolved, except for local names. */
export function isPublicHost(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0) return isPublicAddress(address);
  return !/(^|\.)(localhost|local|internal)\.?$/.test(host);
}

/**
 * The normalized URL of an endpoint. Throws AppError `invalid_request` for a URL that has a login or a fragment and,
 * unless `allowsPrivate`, for one that is not https or has a private address.
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
