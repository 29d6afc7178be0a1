// A day of the PSP's own list beside the ledger. What does not match is an exception, until it does or somebody explains it.
import { sumWon } from "@payflow/shared";
import type { Span, Transaction } from "./charge.ts";
import type { LedgerEntry } from "./ledger.ts";

export type Exception = {
  /** missing_here: the PSP lists what the ledger has not. missing_there: the other way round. differs: the sums do. */
  readonly kind: "missing_here" | "missing_there" | "differs";
  readonly orderId: string;
  readonly paymentKey: string;
  readonly transactionKey: string | null;
  /** In won, below 0 for what left; null where it is missing. */
  readonly listedAmount: number | null;
  readonly bookedAmount: number | null;
};

export type Comparison = { readonly matched: number; readonly exceptions: readonly Exception[] };

/** `listed` is oldest first; `booked` has all entries of its paymentKeys, and all others of the day. */
export function compareDay(
  listed: readonly Transaction[],
  booked: readonly LedgerEntry[],
  day: Span,
): Comparison {
  const exceptions: Exception[] = [];
  const left = Map.groupBy(booked, ({ paymentKey }) => paymentKey);
  const before = booked.filter((one) => one.kind === "capture" && one.occurredAt < day.from);
  const paid = new Set(before.map(({ paymentKey }) => paymentKey));
  let matched = 0;
  for (const { kind, orderId, paymentKey, transactionKey, amount } of listed) {
    const about = left.get(paymentKey) ?? [];
    const listedAmount = kind === "approval" ? amount : -amount;
    const isIt = (one: LedgerEntry) => one.transactionKey === transactionKey;
    const mayBeIt = (one: LedgerEntry) =>
      kind === "waiting"
        ? one.kind === "deposit_reversal"
        : one.transactionKey === null && one.amount === listedAmount;
    if (kind === "approval") paid.add(paymentKey);
    // an account that is issued, or closed unpaid, moves no money
    if (!paid.has(paymentKey)) continue;
    const entry = about.find(isIt) ?? about.find(mayBeIt);
    left.set(paymentKey, entry ? about.filter((one) => one !== entry) : about);
    const bookedAmount = entry?.amount ?? null;
    if (bookedAmount === listedAmount) matched += 1;
    else {
      const what = { orderId, paymentKey, transactionKey, listedAmount, bookedAmount };
      exceptions.push({ kind: entry ? "differs" : "missing_here", ...what });
    }
  }
  for (const entries of left.values()) {
    // a deposit that a stale response hid is booked as taken back, and once more
    if (sumWon(entries.map(({ amount }) => amount)) === 0) continue;
    for (const { orderId, paymentKey, transactionKey, amount, occurredAt } of entries) {
      const what = {
        orderId,
        paymentKey,
        transactionKey,
        listedAmount: null,
        bookedAmount: amount,
      };
      if (occurredAt >= day.from && occurredAt <= day.to)
        exceptions.push({ kind: "missing_there", ...what });
    }
  }
  return { matched, exceptions };
}
