import { describe, expect, test } from "bun:test";
import { clientAddressReader } from "./client_address.ts";

describe("clientAddressReader()", () => {
  test("ignores X-Forwarded-For when no proxy is trusted", () => {
    const read = clientAddressReader([]);
    expect(read("203.0.113.9", "192.0.2.1")).toBe("203.0.113.9");
    expect(read("203.0.113.9", undefined)).toBe("203.0.113.9");
  });

  test("returns the last address that is not a trusted proxy", () => {
    const read = clientAddressReader(["10.0.0.0/8", "192.168.1.5"]);
    const cases = [
      ["10.0.0.1", "192.0.2.1", "192.0.2.1"],
      ["10.0.0.1", "192.0.2.1, 192.168.1.5", "192.0.2.1"],
      // addresses that the client itself wrote before are ignored
      ["10.0.0.1", "198.51.100.7, 192.0.2.1", "192.0.2.1"],
      ["10.0.0.1", "10.9.9.9, 10.0.0.2", "10.9.9.9"],
      // a peer that is no trusted proxy can write anything
      ["203.0.113.9", "192.0.2.1", "203.0.113.9"],
      ["192.168.1.6", "192.0.2.1", "192.168.1.6"],
    ] as const;
    for (const [peer, forwardedFor, client] of cases)
      expect(read(peer, forwardedFor), forwardedFor).toBe(client);
  });

  test("stops at an invalid address", () => {
    const read = clientAddressReader(["127.0.0.1"]);
    for (const forwardedFor of ["", "unknown", "192.0.2.1, ", "<script>", "1.2.3"])
      expect(read("127.0.0.1", forwardedFor), forwardedFor).toBe("127.0.0.1");
  });

  test("reads IPv6 and IPv4-mapped IPv6 addresses", () => {
    const read = clientAddressReader(["::1", "fd00::/8", "127.0.0.1"]);
    expect(read("::1", "2001:db8::7")).toBe("2001:db8::7");
    expect(read("fd12::3", "192.0.2.1")).toBe("192.0.2.1");
    expect(read("::ffff:127.0.0.1", "192.0.2.1")).toBe("192.0.2.1");
    expect(read("::ffff:203.0.113.9", "192.0.2.1")).toBe("203.0.113.9");
  });
});
