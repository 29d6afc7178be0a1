import { expect, test } from "bun:test";
import { compareDay, type Exception } from "./compare_day.ts";
import type { LedgerEntry, Transaction } from "./movements.ts";

const day = { from: "2026-01-04T15:00:00.000Z", to: "2026-01-05T14:59:59.999Z" };
const orderId = "0190a000-0000-7000-8000-000000000001";
const key = "tgen_20260105140000abcd1";

function row(kind: Transaction["kind"], transactionKey: string, amount = 1000): Transaction {
  return { kind, transactionKey, amount, currency: "KRW", orderId, paymentKey: key };
}

function entry(
  kind: LedgerEntry["kind"],
  amount: number,
  transactionKey: string | null,
): LedgerEntry {
  const none = { card: null, vat: null, taxFree: null, receiptUrl: null };
  const of = { orderId, paymentKey: key, method: "카드", ...none };
  return { ...of, kind, amount, transactionKey, occurredAt: "2026-01-05T05:00:10.000Z" };
}

const exception = (what: Partial<Exception>) => ({ orderId, paymentKey: key, ...what });

const early = "2026-01-04T14:50:00.000Z";
const paid = entry("capture", 1000, "a");
const refund = entry("refund", -400, "c");

test.each<[string, Transaction[], LedgerEntry[], number]>([
  ["a payment and its refund", [row("approval", "a"), row("cancel", "c", 400)], [paid, refund], 2],
  [
    "a refund of a payment of another day",
    [row("cancel", "c", 400)],
    [{ ...paid, occurredAt: "2026-01-01T00:00:00.000Z" }, refund],
    1,
  ],
  [
    "an approval that was booked without its key",
    [row("approval", "a")],
    [{ ...paid, transactionKey: null }],
    1,
  ],
  [
    "an account that is issued, and one that is closed unpaid",
    [row("waiting", "w"), row("cancel", "c")],
    [],
    0,
  ],
  [
    "a deposit that was taken back",
    [row("waiting", "w"), row("approval", "a"), row("waiting", "back")],
    [paid, entry("deposit_reversal", -1000, "back")],
    2,
  ],
  [
    "a deposit that a stale response hid for a while",
    [row("waiting", "w"), row("approval", "a")],
    [
      paid,
      entry("deposit_reversal", -1000, "w"),
      { ...paid, occurredAt: "2026-01-05T05:01:00.000Z" },
    ],
    1,
  ],
  [
    "a deposit that was taken back, and whose account was closed then",
    [row("approval", "a"), row("waiting", "back"), row("cancel", "c")],
    [paid, entry("deposit_reversal", -1000, "back")],
    2,
  ],
  [
    "a deposit of the day before that a stale response hid in the night",
    [],
    [
      { ...paid, occurredAt: early },
      entry("deposit_reversal", -1000, "w"),
      { ...paid, occurredAt: early },
    ],
    0,
  ],
  [
    "the close of an account whose deposit was taken back the day before",
    [row("cancel", "c")],
    [
      { ...paid, occurredAt: early },
      { ...entry("deposit_reversal", -1000, "back"), occurredAt: early },
    ],
    0,
  ],
  ["money of another currency", [{ ...row("approval", "a", 99.5), currency: "USD" }], [], 0],
])("%s matches", (_, listed, booked, matched) => {
  expect(compareDay(listed, booked, day)).toEqual({ matched, exceptions: [] });
});

test("a movement that only the provider lists is missing_here", () => {
  const listed = [row("approval", "a"), row("cancel", "c", 400)];
  expect(compareDay(listed, [paid], day)).toEqual({
    matched: 1,
    exceptions: [
      exception({
        kind: "missing_here",
        transactionKey: "c",
        listed: -400,
        booked: null,
      }),
    ] as Exception[],
  });
  expect(compareDay(listed, [], day).exceptions.map(({ kind }) => kind)).toEqual([
    "missing_here",
    "missing_here",
  ]);
});

test("a refund of another day's approval that was never booked is missing_here", () => {
  const listed = [row("cancel", "c", 400)];
  expect(compareDay(listed, [], day).exceptions).toMatchObject([
    { kind: "missing_here", transactionKey: "c", listed: -400, booked: null },
  ]);
});

test("a movement of that day that only the ledger has is missing_there", () => {
  const early = { ...paid, occurredAt: "2026-01-04T14:59:59.000Z" };
  expect(compareDay([], [early, refund], day)).toEqual({
    matched: 0,
    exceptions: [
      exception({
        kind: "missing_there",
        transactionKey: "c",
        listed: null,
        booked: -400,
      }),
    ] as Exception[],
  });
});

test.each([
  ["a deposit that was taken back", [], entry("deposit_reversal", -1000, "back")],
  ["a correction of a refund", [{ ...refund, occurredAt: early }], entry("correction", 400, null)],
])("%s, of the day before and not listed, is missing there", (_, before, undone) => {
  const booked = [{ ...paid, occurredAt: early }, ...before, undone];
  expect(compareDay([], booked, day).exceptions).toMatchObject([
    { kind: "missing_there", listed: null, booked: undone.amount },
  ]);
});

test("another amount differs", () => {
  expect(compareDay([row("approval", "a", 900)], [paid], day)).toEqual({
    matched: 0,
    exceptions: [
      exception({ kind: "differs", transactionKey: "a", listed: 900, booked: 1000 }),
    ] as Exception[],
  });
});

test("a payment and its whole refund are missing_there if the provider lists neither", () => {
  const whole = entry("refund", -1000, "c");
  expect(compareDay([], [paid, whole], day).exceptions.map(({ kind }) => kind)).toEqual([
    "missing_there",
    "missing_there",
  ]);
});
