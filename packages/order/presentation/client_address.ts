import { BlockList, isIP } from "node:net";

/**
 * The address of the client. X-Forwarded-For is believed only as far as trusted proxies wrote it: from its end, the
 * first address that is none of theirs.
 */
export function clientAddressReader(
  trustedProxies: readonly string[],
): (peer: string, forwardedFor: string | undefined) => string {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
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
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
