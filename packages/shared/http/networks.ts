import { BlockList, isIP } from "node:net";
import { expandIPv6 } from "hono/utils/ipaddr";

/** Returns a check for addresses in these networks (`10.0.0.0/8`, `::1`). Throws an Error for an invalid entry. */
export function networkSet(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d+))?$/.exec(entry) ?? [];
    const family = familyOf(address);
    const bitsMax = family === "ipv6" ? 128 : 32;
    if (family === undefined || Number(bits ?? bitsMax) > bitsMax)
      throw new Error(`"${entry}" is no address or network`);
    list.addSubnet(address, Number(bits ?? bitsMax), family);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== undefined && list.check(address, family);
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 6 ? "ipv6" : "ipv4";
}

/** Identifies a client: its IPv4 address, or its IPv6 /64, within which it can choose any address (RFC 6177). */
export function clientLine(address: string): string {
  if (isIP(address) !== 6) return address;
  return expandIPv6(address.toLowerCase()).split(":").slice(0, 4).join(":");
}
