// Compares a day of the provider's list with the ledger. A mismatch is an exception, until it matches or somebody
// explains it.
import { sumWon } from "@payflow/shared";
import type { LedgerEntry, Span, Transaction } from "./movements.ts";

export type Exception = {
  /** missing_here: only the provider has it. missing_there: only the ledger has it. differs: the amounts differ. */
  readonly kind: "missing_here" | "missing_there" | "differs";
  readonly orderId: string;
  readonly paymentKey: string;
  /** Empty if there is none. */
  readonly transactionKey: string;
  /** In won, negative for money that went back; null if missing. */
  readonly listed: number | null;
  readonly booked: number | null;
};

export type Comparison = { readonly matched: number; readonly exceptions: readonly Exception[] };

/** `listed`: oldest first. `booked`: all entries, of any day, of its paymentKeys and of those booked in the span. */
export function compareDay(
  listed: readonly Transaction[],
  booked: readonly LedgerEntry[],
  day: Span,
): Comparison {
  const exceptions: Exception[] = [];
  const byName = Map.groupBy(booked, nameOf);
  const unlisted = Map.groupBy(booked, ({ paymentKey }) => paymentKey);
  const paid = new Map<string, boolean>();
  for (const [key, entries] of unlisted) {
    const before = entries.filter(({ occurredAt }) => occurredAt < day.from);
    if (before.length > 0) paid.set(key, sumWon(before.map(({ amount }) => amount)) > 0);
  }
  let matched = 0;
  for (const { kind, orderId, paymentKey, transactionKey, amount, currency } of listed) {
    const wasPaid = paid.get(paymentKey);
    if (kind !== "cancel") paid.set(paymentKey, kind === "approval");
    // an account that is issued or closed unpaid moves no money, and only won are booked
    const isUnpaid = kind === "waiting" ? !wasPaid : kind === "cancel" && wasPaid === false;
    if (isUnpaid || currency !== "KRW") continue;
    const about = unlisted.get(paymentKey) ?? [];
    const listedAmount = kind === "approval" ? amount : -amount;
    const fitsWithoutKey = (one: LedgerEntry) =>
      kind === "waiting"
        ? one.kind === "deposit_reversal"
        : one.transactionKey === null && one.amount === listedAmount;
    const entry =
      about.find((one) => one.transactionKey === transactionKey) ?? about.find(fitsWithoutKey);
    unlisted.set(paymentKey, entry ? about.filter((one) => one !== entry) : about);
    const what = { orderId, paymentKey, transactionKey, listed: listedAmount };
    if (entry?.amount === listedAmount) matched += 1;
    else if (entry) exceptions.push({ kind: "differs", ...what, booked: entry.amount });
    else exceptions.push({ kind: "missing_here", ...what, booked: null });
  }
  for (const entries of unlisted.values())
    for (const { orderId, paymentKey, transactionKey: key, ...one } of withoutHidden(entries)) {
      if (one.occurredAt < day.from || one.occurredAt > day.to) continue;
      const of = { orderId, paymentKey, transactionKey: key ?? "" };
      exceptions.push({ kind: "missing_there", ...of, listed: null, booked: one.amount });
    }
  return { matched, exceptions };

  /**
   * Leaves out pairs caused by stale responses: an entry undone and booked again, which the provider never lists. An
   * entry that is booked once may be listed on its own day, so it does not explain one that is undone on another day.
   */
  function withoutHidden(entries: readonly LedgerEntry[]): LedgerEntry[] {
    const rest = [...entries];
    const isTwice = (one: LedgerEntry) => (byName.get(nameOf(one))?.length ?? 0) > 1;
    for (const undone of entries.filter(({ kind }) => undoing.has(kind))) {
      const again = rest.findIndex((one) => one.amount === -undone.amount && isTwice(one));
      if (again === -1) continue;
      rest.splice(again, 1);
      rest.splice(rest.indexOf(undone), 1);
    }
    return rest;
  }
}

const nameOf = ({ paymentKey, kind, transactionKey }: LedgerEntry) =>
  undoing.has(kind) ? "" : `${paymentKey} ${kind} ${transactionKey}`;

const undoing = new Set<LedgerEntry["kind"]>(["deposit_reversal", "correction"]);
