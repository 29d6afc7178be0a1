import { expect, test } from "bun:test";
import { withEntries, type HistoryEntry, type RecordedEntry } from "@payflow/shared";
import type { LedgerRow } from "@payflow/back-office";
import { after, orderId, placed, placedAt, snapshot, snapshots } from "../testing/given.ts";
import { findPaidWith, listTimeline, orderTimeline, paidWith } from "./order_timeline.ts";

const at = (seconds: number) => new Date(Date.parse(placedAt) + seconds * 1_000).toISOString();
const first = { kind: "placed", at: placedAt, amount: 1000 } as const;

function row(
  seconds: number,
  entries: readonly RecordedEntry[] = [],
  part: "order" | "payment" = "payment",
): HistoryEntry {
  const detail = withEntries({ paymentKey: "key-1" }, entries);
  const by = { actor: "shopper", reason: null };
  return { at: at(seconds), part, version: 1, status: "-", cause: "-", detail, ...by, events: [] };
}

test("the timeline of a new order has only its placing", () => {
  expect(orderTimeline(placed(), [])).toEqual([first]);
  expect(orderTimeline(placed(), [row(1)])).toEqual([first]);
  expect(orderTimeline(placed(), [{ ...row(1), detail: null }])).toEqual([first]);
});

test("entries have the provider's time if it is before their time of recording, else the latter", () => {
  const reason = { code: "NO_LIMIT", message: "한도 초과" };
  const rows = [
    row(10, [{ kind: "tried" }]),
    row(11, [{ kind: "declined", reason }]),
    row(20, [{ kind: "tried" }]),
    row(40, [
      { kind: "paid", amount: 1000, at: at(21) },
      { kind: "refunded", amount: 400, at: at(30) },
    ]),
  ];
  expect(orderTimeline(placed(), rows)).toEqual([
    first,
    { kind: "tried", at: at(10) },
    { kind: "declined", at: at(11), reason },
    { kind: "tried", at: at(20) },
    { kind: "paid", at: at(21), amount: 1000 },
    { kind: "refunded", at: at(30), amount: 400 },
  ]);
});

test("no entry is dated before an earlier recorded one, nor after its own recording", () => {
  const paid = (seconds: number) => [{ kind: "paid", amount: 1000, at: at(seconds) } as const];
  const timesOf = (rows: readonly HistoryEntry[]) =>
    orderTimeline(placed(), rows).map((entry) => entry.at);
  // the provider's whole seconds may be before the try, and its clock may be ahead
  const tried = row(20, [{ kind: "tried" }]);
  expect(timesOf([tried, row(21, paid(19))])).toEqual([placedAt, at(20), at(20)]);
  expect(timesOf([tried, row(21, paid(25))])).toEqual([placedAt, at(20), at(21)]);
});

test("an order records each outcome of its payment once", () => {
  let order = placed();
  const rows = [
    snapshots.inProgress,
    snapshots.declined,
    snapshots.declined,
    { ...snapshots.done, approvedAt: at(19) },
    { ...snapshots.partlyRefunded, approvedAt: at(19) },
    snapshot({ ...snapshots.partlyRefunded, refunding: true }),
    snapshot({ ...snapshots.partlyRefunded, returnedAmount: 1000 }),
  ].map((payment, index) => {
    const change = after(order, payment);
    order = change.state;
    return row(10 * (index + 1), change.entries, "order");
  });
  expect(orderTimeline(order, rows)).toEqual([
    first,
    { kind: "declined", at: at(20), reason: snapshots.declined.failure! },
    { kind: "paid", at: at(20), amount: 1000 },
    { kind: "refunded", at: at(50), amount: 400 },
    { kind: "came_late", at: at(60) },
    { kind: "went_back", at: at(70), amount: 1000 },
  ]);
});

test.each([
  ["waiting", ["waiting_for_deposit"]],
  ["canceled", ["canceled"]],
  ["expired", ["expired"]],
  ["refunded", ["paid", "refunded"]],
] as const)("an order whose first snapshot is %s records %j", (name, kinds) => {
  const { entries } = after(placed(), snapshots[name]);
  expect(entries?.map(({ kind }) => kind)).toEqual([...kinds]);
});

function given(history: () => Promise<{ readonly history: readonly HistoryEntry[] }>) {
  return {
    listHistory: async () => [row(60, [{ kind: "canceled" }], "order")],
    payments: { history } as never,
  };
}

test("listTimeline() shows payment's entries", async () => {
  const deps = given(async () => ({ history: [row(60, [{ kind: "expired" }])] }));
  expect(await listTimeline(placed(), deps, 20)).toEqual([first, { kind: "expired", at: at(60) }]);
});

test.each([
  ["is unavailable", () => Promise.reject(new Error("away"))],
  ["does not respond", () => new Promise<never>(() => {})],
])("listTimeline() shows the order's own entries when payment %s", async (_, answer) => {
  const known = [first, { kind: "canceled", at: at(60) }];
  expect(await listTimeline(placed(), given(answer), 20)).toEqual(known as never);
});

test("listTimeline() has only the placing when both histories fail, and never throws", async () => {
  const away = () => Promise.reject(new Error("away"));
  expect(await listTimeline(placed(), { ...given(away), listHistory: away }, 20)).toEqual([first]);
});

const moved = (kind: LedgerRow["kind"], paymentKey: string, more: Partial<LedgerRow> = {}) => ({
  occurredAt: placedAt,
  kind,
  amount: 1000,
  method: "카드",
  paymentKey,
  transactionKey: null,
  card: null,
  vat: null,
  taxFree: null,
  receiptUrl: null,
  ...more,
});
const card = { issuer: "61", number: "43301234****123*", installmentMonths: 0 };

test("paidWith() is the card of the kept payment, refunded or not", () => {
  const kept = moved("capture", "key-1", { card });
  expect(paidWith([kept, moved("refund", "key-1")])).toEqual({ method: "카드", card });
  const second = [moved("capture", "key-2", { method: "휴대폰" }), moved("return", "key-2")];
  expect(paidWith([kept, ...second])).toEqual({ method: "카드", card });
  expect(paidWith(second)).toBeUndefined();
});

test("findPaidWith() is undefined when payment is unavailable or does not respond, and never throws", async () => {
  const find = (details: () => Promise<never>) => findPaidWith(orderId, { operate: details }, 20);
  expect(await find(() => Promise.reject(new Error("away")))).toBeUndefined();
  expect(await find(() => new Promise<never>(() => {}))).toBeUndefined();
});
