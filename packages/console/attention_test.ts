import { expect, test } from "bun:test";
import { adminAttention } from "./attention.ts";

const never = new Promise<never>(() => {});
const relayMissing = {
  kind: "relay_missing",
  part: "order",
  since: null,
  count: 16,
} as const;

const up = {
  operator: () => ({ name: "kim", role: "read", sessionId: "session" }) as const,
  health: { needed: {}, others: {}, isStopping: () => false },
};

test("an item has its order's number and its customer masked, unless erased", async () => {
  const [shown, erased, lost] = [Bun.randomUUIDv7(), Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const customer = { customerName: "김민수", customerEmail: "kim@example.com" };
  const attention = adminAttention({
    ...up,
    readOwn: async () =>
      [shown, erased, lost].map((orderId) => ({ ...relayMissing, kind: "refund_open", orderId })),
    readLag: async () => [],
    readPayments: async () => ({ items: [], hasMore: false, toss: { state: "up" } }),
    describeOrders: async () =>
      new Map([
        [shown, { orderNumber: "1127-K7P3", ...customer }],
        [erased, { orderNumber: "1127-K7P4", customerName: "", customerEmail: "" }],
      ]),
  });
  const { items } = await attention.readAttention();
  expect(items.map(({ orderNumber, customer: who }) => [orderNumber, who])).toEqual([
    ["1127-K7P3", "김*수 k***@***"],
    ["1127-K7P4", undefined],
    [undefined, undefined],
  ]);
});

test("shows order's items while payment and Kafka do not respond", async () => {
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
    describeOrders: async () => new Map(),
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
