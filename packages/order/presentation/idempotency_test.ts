import { expect, test } from "bun:test";
import { settingsHolder } from "@payflow/access";
import { anonymousScopes, claimOf } from "./idempotency.ts";

const address = "192.0.2.1";
const callers = [
  { key: settingsHolder, sessionId: undefined },
  { key: undefined, sessionId: undefined },
  { key: undefined, sessionId: "session-1" },
  { key: undefined, sessionId: "session-2" },
].map((caller) => ({ ...caller, address }));

const scopeOf = anonymousScopes("a-secret");

async function claims() {
  const request = { items: [{ productId: "keycaps", quantity: 1 }] };
  const deps = { orders: { findClaim: async () => undefined }, anonymousScope: scopeOf };
  return await Promise.all(
    callers.map((caller) => claimOf({ key: "key-1", caller, request }, deps)),
  );
}

test("claimOf() gives a key the same scope in every process, so that replicas share claims", async () => {
  // another process, host name, time zone, folder and set of ports, like another replica
  const script = `
    const { claimOf, anonymousScopes } = await import(${JSON.stringify(`${import.meta.dir}/idempotency.ts`)});
    const anonymousScope = anonymousScopes("a-secret");
    const deps = { orders: { findClaim: async () => undefined }, anonymousScope };
    const callers = ${JSON.stringify(callers)};
    const request = { items: [{ productId: "keycaps", quantity: 1 }] };
    const all = callers.map((caller) => claimOf({ key: "key-1", caller, request }, deps));
    console.log(JSON.stringify(await Promise.all(all)));`;
  const replica = Bun.spawn([process.execPath, "-e", script], {
    cwd: "/",
    env: { HOSTNAME: "replica-2", TZ: "Asia/Seoul", ORDER_PORT: "18080" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const theirs: unknown = await new Response(replica.stdout).json();
  expect(theirs as never).toEqual((await claims()) as never);
});

test("claimOf() keeps keys of different callers apart", async () => {
  const scopes = (await claims()).map((claim) => claim?.scope);
  expect(new Set(scopes).size).toBe(callers.length);
});

test("anonymousScopes() tells addresses apart without revealing them", () => {
  expect(scopeOf(address)).toBe(scopeOf(address));
  expect(scopeOf("192.0.2.2")).not.toBe(scopeOf(address));
  expect(anonymousScopes("another")(address)).not.toBe(scopeOf(address));
  // an IPv6 client can choose any address of its /64
  expect(scopeOf("2001:db8:1:2::1")).toBe(scopeOf("2001:db8:1:2::2"));
  expect(scopeOf(address)).not.toContain(address);
});
