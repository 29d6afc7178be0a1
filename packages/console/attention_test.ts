import { expect, test } from "bun:test";
import { adminAttention } from "./attention.ts";

const never = new Promise<never>(() => {});
const relayMissing = {
  kind: "relay_missing",
  part: "order",
  since: null,
  count: 16,
} as const;

test("a payment service that does not respond, and a Kafka, leave the page what order has", async () => {
  const attention = adminAttention({
    operator: () => ({ name: "kim", role: "read", sessionId: "session" }),
    health: {
      needed: { database: async () => {} },
      others: { payment: () => never, kafka: () => never },
      isStopping: () => false,
    },
    readOwn: async () => [relayMissing],
    readLag: () => never,
    readPayments: () => never,
    listCustomers: async () => new Map(),
  });
  const { items, parts } = await attention.readAttention();
  expect(items).toEqual([relayMissing]);
  expect(Object.fromEntries(parts.map(({ part, state }) => [part, state]))).toEqual({
    order: "up",
    payment: "down",
    kafka: "down",
    toss: "unknown",
  });
});
