import { isIP } from "node:net";
import { networkSet } from "@payflow/shared/http";

/**
 * The address of the client. X-Forwarded-For is believed only as far as trusted proxies wrote it: from its end, the
 * first address that is none of theirs.
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

/** IPv4 without the prefix that it has on a socket for both families. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "");
