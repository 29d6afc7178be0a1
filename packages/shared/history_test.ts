import { expect, test } from "bun:test";
import { inOrder, type HistoryEntry } from "./history.ts";

function entry(part: HistoryEntry["part"], version: number, ms: number, detail?: unknown) {
  const at = new Date(1_800_000_000_000 + ms).toISOString();
  const cause = `${part} ${version}`;
  return {
    at,
    part,
    version,
    status: "",
    cause,
    actor: "system",
    reason: null,
    detail,
    events: [],
  };
}

test("inOrder() puts placing first, and an applied payment version before the order's change, despite clock skew", () => {
  const own = [entry("order", 1, 30), entry("order", 2, 15, { paymentVersion: 2 })];
  const payments = [entry("payment", 1, 10), entry("payment", 2, 20)];
  expect(inOrder(own, payments).map(({ cause }) => cause)).toEqual([
    "order 1",
    "payment 1",
    "payment 2",
    "order 2",
  ]);
});
