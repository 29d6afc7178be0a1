import { isIP } from "node:net";
import { networkSet } from "@payflow/shared/http";

/**
 * The address of the client. X-Forwarded-For is trusted only as far as trusted proxies wrote it: the client is the last
 * address in it that is not a trusted proxy.
 */
export function clientAddressReader(
  trustedProxies: readonly string[],
): (peer: string, forwardedFor: string | undefined) => string {
  const isTrusted = networkSet(trustedProxies);
  return (peer, forwardedFor) => {
    let address = plain(peer);
    if (forwardedFor === undefined) return address;
    for (const hop of forwardedFor.split(",").reverse()) {
      if (!isTrusted(address)) return address;
      const candidate = plain(hop.trim());
      if (isIP(candidate) === 0) return address;
      address = candidate;
    }
    return address;
  };
}

/** An IPv4 address without the prefix of an IPv4-mapped IPv6 address. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "");
