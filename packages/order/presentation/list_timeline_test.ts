import { expect, test } from "bun:test";
import type { HistoryEntry } from "@payflow/shared";
import { orderId, placed, placedAt } from "../testing/given.ts";
import { listTimeline } from "./list_timeline.ts";

const first = { kind: "placed", at: placedAt, amount: 1000 } as const;

const entry = (part: "order" | "payment", more: Partial<HistoryEntry>) => ({
  at: "2026-01-05T05:01:00.000Z",
  part,
  version: 1,
  status: "EXPIRED",
  cause: "expirePayment",
  detail: null,
  events: [],
  ...more,
});
const own = [entry("order", { detail: { paymentVersion: 1, paymentStatus: "CANCELED" } })];

function given(payments: {
  listHistory: () => Promise<readonly HistoryEntry[]>;
  find?: () => Promise<never[]>;
}) {
  return {
    orders: { find: async () => placed() } as never,
    listHistory: async () => own,
    payments: { find: async () => [], ...payments } as never,
    timelineWaitMs: 20,
  };
}

test("listTimeline() tells payment's story", async () => {
  const listHistory = async () => [entry("payment", {})];
  expect(await listTimeline(orderId, given({ listHistory }))).toEqual([
    first,
    { kind: "expired", at: "2026-01-05T05:01:00.000Z" },
  ]);
});

test.each([
  ["is away", () => Promise.reject(new Error("away"))],
  ["does not answer", () => new Promise<never>(() => {})],
])("listTimeline() tells what the order knows when payment %s", async (_, answer) => {
  const known = [first, { kind: "canceled", at: own[0]?.at }];
  for (const payments of [{ listHistory: answer }, { listHistory: async () => [], find: answer }])
    expect(await listTimeline(orderId, given(payments))).toEqual(known as never);
});

test("listTimeline() is empty when the database fails, and never throws", async () => {
  const deps = given({ listHistory: async () => [] });
  const orders = { find: () => Promise.reject(new Error("no database")) };
  expect(await listTimeline(orderId, { ...deps, orders: orders as never })).toEqual([]);
});
