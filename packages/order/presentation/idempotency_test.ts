import { expect, test } from "bun:test";
import { claimOf } from "./idempotency.ts";

const callers = [
  { isMerchant: true, sessionId: undefined },
  { isMerchant: false, sessionId: undefined },
  { isMerchant: false, sessionId: "session-1" },
  { isMerchant: false, sessionId: "session-2" },
];

async function claims() {
  const request = { items: [{ productId: "keycaps", quantity: 1 }] };
  const orders = { findClaim: async () => undefined };
  return await Promise.all(
    callers.map((caller) => claimOf({ key: "key-1", caller, request }, orders)),
  );
}

test("claimOf() gives a key the same scope in every process, so that replicas see each other's", async () => {
  // another process, host name, time zone, folder and set of ports: as another replica has
  const script = `
    const { claimOf } = await import(${JSON.stringify(`${import.meta.dir}/idempotency.ts`)});
    const orders = { findClaim: async () => undefined };
    const callers = ${JSON.stringify(callers)};
    const request = { items: [{ productId: "keycaps", quantity: 1 }] };
    const all = callers.map((caller) => claimOf({ key: "key-1", caller, request }, orders));
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
