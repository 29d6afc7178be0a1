import { afterEach, describe, expect, test } from "bun:test";
import { selfSigned } from "./testing/certificate.ts";
import { isPublicAddress, isPublicHost } from "./endpoint_url.ts";
import { webhookSender } from "./webhook_sender.ts";

const servers: Bun.Server<undefined>[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

const name = "hooks.shop.example";

function receiver(options: { hostname?: string; port?: number; tls?: object } = {}) {
  const hosts: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    ...options,
    fetch(request) {
      hosts.push(request.headers.get("Host"));
      return new Response("ok");
    },
  });
  servers.push(server);
  return { hosts, port: server.port ?? 0 };
}

const never = { at: "2026-01-05T05:00:00.000Z", signal: new AbortController().signal };
const message = (url: string) => ({
  url,
  eventId: "01a2057e-dd67-73d9-b419-d33e1d57ba22",
  event: "{}",
  secrets: [`whsec_${Buffer.alloc(24, 7).toString("base64")}`],
});

describe("webhookSender()", () => {
  test("connects to the checked address, even if the name resolves to another one later", async () => {
    // 127.0.0.1 stands for a public address, and 127.0.0.2 for an attacker's target
    const tls = selfSigned(name);
    const open = receiver({ tls });
    const inner = receiver({ hostname: "127.0.0.2", port: open.port, tls });
    let lookUps = 0;
    const send = webhookSender({
      allowsPrivate: false,
      ca: tls.cert,
      isPublic: (address) => address === "127.0.0.1",
      resolve: async () => [lookUps++ === 0 ? "127.0.0.1" : "127.0.0.2"],
    });
    const url = `https://${name}:${open.port}/`;
    expect(await send(message(url), never)).toMatchObject({ status: 200 });
    expect(lookUps).toBe(1);
    const { status, error } = await send(message(url), never);
    expect([status, error]).toEqual([null, "private address refused: 127.0.0.2"]);
    expect([open.hosts, inner.hosts]).toEqual([[`${name}:${open.port}`], []]);
  });

  test("sends to the next address when one does not accept connections, but never to a private one", async () => {
    const tls = selfSigned(name);
    const open = receiver({ tls });
    const url = `https://${name}:${open.port}/`;
    const sender = (addresses: string[], isPublic = (_: string) => true) =>
      webhookSender({
        allowsPrivate: false,
        ca: tls.cert,
        isPublic,
        resolve: async () => addresses,
        limitMs: 2_000,
      });
    // a closed port, and an unreachable address (RFC 5737)
    for (const away of ["127.0.0.9", "192.0.2.1"])
      expect(await sender([away, "127.0.0.1"])(message(url), never)).toMatchObject({ status: 200 });
    expect(open.hosts).toHaveLength(2);
    const all = await sender(["127.0.0.9", "127.0.0.8"])(message(url), never);
    expect(all).toMatchObject({ status: null, error: "ECONNREFUSED" });
    const guarded = sender(["127.0.0.9", "127.0.0.1"], (address) => address !== "127.0.0.1");
    const { error } = await guarded(message(url), never);
    expect(error).toBe("private address refused: 127.0.0.1");
    expect(open.hosts).toHaveLength(2);
  });

  test("verifies the certificate for the name, although it connects to an address", async () => {
    const { cert, key } = selfSigned("another.example");
    const { port, hosts } = receiver({ tls: { cert, key } });
    const send = webhookSender({
      allowsPrivate: false,
      ca: cert,
      isPublic: () => true,
      resolve: async () => ["127.0.0.1"],
    });
    expect(await send(message(`https://${name}:${port}/`), never)).toMatchObject({
      status: null,
      error: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    expect(hosts).toEqual([]);
  });

  test("rejects a name with any private address, and a private address", async () => {
    const { port, hosts } = receiver();
    const given: [string, string[]][] = [
      [name, ["93.184.215.14", "10.0.0.7"]],
      [name, ["::ffff:127.0.0.1"]],
      [name, ["64:ff9b::7f00:1"]],
      [name, ["fd00:ec2::254"]],
      ["127.0.0.1", []],
      ["[::1]", []],
      ["0x7f.1", []],
      ["2130706433", []],
    ];
    for (const [host, addresses] of given) {
      const send = webhookSender({ allowsPrivate: false, resolve: async () => addresses });
      const { error } = await send(message(`https://${host}:${port}/`), never);
      expect(error, host).toStartWith("private address refused: ");
    }
    expect(hosts).toEqual([]);
  });

  test("sends by http to a private address only where that is allowed", async () => {
    const { port, hosts } = receiver();
    const url = `http://localhost:${port}/`;
    const send = (allowsPrivate: boolean) => webhookSender({ allowsPrivate })(message(url), never);
    expect(await send(true)).toMatchObject({ status: 200, response: "ok" });
    expect(await send(false)).toMatchObject({ status: null, error: "https only" });
    expect(hosts).toEqual([`localhost:${port}`]);
  });

  test("gives up a DNS look-up that does not end in time", async () => {
    const send = webhookSender({
      allowsPrivate: false,
      limitMs: 20,
      resolve: () => new Promise(() => {}),
    });
    const { error } = await send(message(`https://${name}/`), never);
    expect(error).toBe("no response within 0.02 s");
  });

  test("reports why there was no response", async () => {
    const { port } = receiver();
    await servers.splice(0)[0]?.stop(true);
    const send = webhookSender({ allowsPrivate: true });
    const { status, error } = await send(message(`http://127.0.0.1:${port}/`), never);
    expect(status).toBeNull();
    expect(error).toMatch(/^[\w ]+$/);
  });

  test("rejects when it is aborted, so that no result is written", async () => {
    const stopping = new AbortController();
    const resolve = () => new Promise<string[]>(() => {});
    const sent = webhookSender({ allowsPrivate: false, resolve })(message(`https://${name}/`), {
      ...never,
      signal: stopping.signal,
    });
    stopping.abort();
    await expect(sent).rejects.toThrow();
  });
});

test("isPublicAddress() rejects addresses that no webhook may reach", () => {
  const closed = `0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
    240.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1
    5f00::1 localhost 1.2.3 999.1.1.1`;
  for (const address of [...closed.split(/\s+/), ""])
    expect(isPublicAddress(address), address).toBe(false);
  const open =
    "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.1.0.1 223.255.255.254 2606:4700::1111 2400:cb00::1";
  for (const address of open.split(" ")) expect(isPublicAddress(address), address).toBe(true);
});

test("isPublicHost() accepts names except local ones, and only public addresses", () => {
  for (const host of ["shop.example", "8.8.8.8", "[2606:4700::1111]"])
    expect(isPublicHost(host), host).toBe(true);
  for (const host of [
    "localhost",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "[::1]",
    "10.0.0.1",
  ])
    expect(isPublicHost(host), host).toBe(false);
});
