import { expect, test } from "bun:test";
import { readLagAttention } from "./lag_attention.ts";

const topic = (name: string, lags: Readonly<Record<string, number>>) => ({
  topic: name,
  partitions: 3,
  messages: 5_000,
  groups: Object.entries(lags).map(([group, lag]) => ({ group, lag })),
});

test("only a consumer that is far behind needs attention", async () => {
  const topics = [
    topic("OrderCreated", { payment: 1_001 }),
    topic("PaymentConfirmed", { order: 1_000 }),
  ];
  expect(await readLagAttention({ readTopics: async () => topics })).toEqual([
    { kind: "consumer_behind", part: "payment", since: null, count: 1_001, detail: "OrderCreated" },
  ]);
});

test("reports no consumer while Kafka is unavailable", async () => {
  const readTopics = () => Promise.reject(new Error("no broker answers"));
  expect(await readLagAttention({ readTopics })).toEqual([]);
});
