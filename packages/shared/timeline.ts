// Timeline entries about an order's money. A change records its entries in its history row.
import * as v from "valibot";
import type { HistoryEntry } from "./history.ts";
import { Won } from "./money.ts";
import { isClosed, PaymentFailure, type PaymentSnapshot } from "./payment_snapshot.ts";
import { sameJson } from "./same_json.ts";
import { IsoTime } from "./text.ts";

/**
 * tried: a paymentKey was stored, to be confirmed. came_late: money came for an order that was closed or paid already,
 * or of a wrong amount. went_back: such money was returned. deposit_reversed: the bank took a deposit back.
 * refund_delayed: the bank refused to pay a refund out. refund_delay_over: it is paid out, tried again, or dismissed.
 */
export const RecordedEntry = v.object({
  kind: v.picklist([
    "tried",
    "declined",
    "waiting_for_deposit",
    "deposit_reversed",
    "paid",
    "canceled",
    "expired",
    "refunded",
    "came_late",
    "went_back",
    "refund_delayed",
    "refund_delay_over",
  ]),
  /** In won. */
  amount: v.exactOptional(Won),
  /** The payment provider's time; absent: the time of recording. */
  at: v.exactOptional(IsoTime),
  reason: v.exactOptional(PaymentFailure),
});
export type RecordedEntry = v.InferOutput<typeof RecordedEntry>;

/** Adds a change's entries to the detail of its history row. */
export function withEntries(detail: unknown, entries: readonly RecordedEntry[] = []): unknown {
  return entries.length > 0 ? { ...(detail as object | undefined), entries } : detail;
}

const Detail = v.object({ entries: v.array(RecordedEntry) });

export function entriesIn({ detail }: Pick<HistoryEntry, "detail">): readonly RecordedEntry[] {
  const result = v.safeParse(Detail, detail);
  return result.success ? result.output.entries : [];
}

/** The entries of a change of a payment's status. */
export function statusEntries(
  before: PaymentSnapshot | null,
  after: PaymentSnapshot,
): RecordedEntry[] {
  const { status, amount, failure, approvedAt } = after;
  const was = before?.status ?? "READY";
  const isEnded = status === "READY" || status === "EXPIRED";
  const isNewFailure = was === "IN_PROGRESS" || !sameJson(failure, before?.failure ?? null);
  // an approval of a wrong amount is returned: an entry `came_late`, not `declined`
  const isReturning = after.refunding && before?.refunding !== true;
  const declined: RecordedEntry[] =
    failure !== null && isEnded && isNewFailure && !isReturning
      ? [{ kind: "declined", reason: failure }]
      : [];
  const wasPaid = before !== null && isPaid(before);
  if (isPaid(after) && !wasPaid)
    return [{ kind: "paid", amount, ...(approvedAt ? { at: approvedAt } : {}) }];
  if (status === was) return declined;
  switch (status) {
    case "WAITING_FOR_DEPOSIT":
      return [{ kind: wasPaid ? "deposit_reversed" : "waiting_for_deposit", amount }];
    case "CANCELED":
      return wasPaid ? [] : [{ kind: "canceled" }];
    case "EXPIRED":
      return wasPaid ? [] : [...declined, { kind: "expired" }];
    default:
      return declined;
  }
}

function isPaid(payment: PaymentSnapshot): boolean {
  const { status, approvedAt } = payment;
  const isHeld = status === "DONE" || status === "PARTIAL_CANCELED";
  return isHeld || (isClosed(payment) && approvedAt !== null);
}

/** The entries of refunds and returns, by the difference of two snapshots' totals. */
export function totalEntries(before: PaymentSnapshot | null, after: PaymentSnapshot) {
  const refunded = after.refundedAmount - (before?.refundedAmount ?? 0);
  const returned = after.returnedAmount - (before?.returnedAmount ?? 0);
  const entries: RecordedEntry[] = [];
  if (refunded > 0) entries.push({ kind: "refunded", amount: refunded });
  if (after.refunding && before?.refunding !== true) entries.push({ kind: "came_late" });
  if (returned > 0) entries.push({ kind: "went_back", amount: returned });
  return [...entries, ...delayEntries(before, after)];
}

export function delayEntries(
  before: PaymentSnapshot | null,
  { refundDelayed }: PaymentSnapshot,
): RecordedEntry[] {
  if (refundDelayed === (before?.refundDelayed ?? false)) return [];
  return [{ kind: refundDelayed ? "refund_delayed" : "refund_delay_over" }];
}
