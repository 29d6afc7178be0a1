// Every movement of money at the PSP, booked by the change that learnt of it. The sum of a payment's entries is what the
// payment says that the PSP holds for its order.
import { sumWon } from "@payflow/shared";
import type { Card, Charge, ChargeCancel } from "./charge.ts";
import { findAttempt, type Payment } from "./payment.ts";

export type LedgerEntry = {
  readonly orderId: string;
  readonly paymentKey: string;
  /**
   * capture: money came. refund: money that the order was paid with went back. return: money that could not be kept went
   * back. deposit_reversal: the bank took a deposit back. correction: less went back than was booked, by a rebuilt payment or
   * by a response about an account that shows a returned deposit again.
   */
  readonly kind: "capture" | "refund" | "return" | "deposit_reversal" | "correction";
  /** Won; below 0 for what left. */
  readonly amount: number;
  /** By the PSP; when it was learnt, where the PSP does not say. */
  readonly occurredAt: string;
  /** The PSP's key of the movement; null where its response does not show it. */
  readonly transactionKey: string | null;
  readonly method: string | null;
  readonly card: Card | null;
  /** In won; null where the PSP's response does not show it. */
  readonly vat: number | null;
  /** Of the amount, what the PSP books as free of VAT, with its sign; null where its response does not show it. */
  readonly taxFree: number | null;
  readonly receiptUrl: string | null;
};

/** What a change books of the paymentKey whose charge it learnt of. */
export function booked(
  before: Payment,
  after: Payment,
  charge: Charge,
  now: string,
): LedgerEntry[] {
  const { paymentKey, method, card, receiptUrl, cancels, transactionKey } = charge;
  const { orderId } = after;
  const of = { orderId, paymentKey, method, card, vat: null, taxFree: null, receiptUrl };
  const was = moneyOf(before, paymentKey);
  const is = moneyOf(after, paymentKey);
  const entries: LedgerEntry[] = [];
  const came = is.came - was.came;
  // behind a cancel the response shows neither the approval's key nor its taxes
  const taxes = { vat: charge.vat, taxFree: charge.taxFreeAmount };
  const own = cancels.length === 0 ? { transactionKey, ...taxes } : { transactionKey: null };
  const approved = { ...of, ...own, occurredAt: charge.approvedAt ?? now };
  if (came > 0) entries.push({ ...approved, kind: "capture", amount: came });
  if (came < 0)
    entries.push({
      ...of,
      kind: "deposit_reversal",
      amount: came,
      occurredAt: now,
      transactionKey,
    });
  const went = is.went - was.went;
  const fresh = newest(cancels, went);
  const left = findAttempt(after, paymentKey)?.cancel ? "return" : "refund";
  if (fresh)
    for (const cancel of fresh) {
      const { canceledAt: occurredAt, transactionKey: key } = cancel;
      const sums = { amount: -cancel.amount, taxFree: 0 - cancel.taxFreeAmount };
      entries.push({ ...of, kind: left, ...sums, occurredAt, transactionKey: key });
    }
  else if (went !== 0) {
    const kind = went > 0 ? left : "correction";
    entries.push({ ...of, kind, amount: -went, occurredAt: now, transactionKey: null });
  }
  return entries.filter(({ amount }) => amount !== 0);
}

/** The last cancels whose sum went back; undefined when there are none such. */
function newest(cancels: readonly ChargeCancel[], went: number): ChargeCancel[] | undefined {
  const tails = cancels.map((_, index) => cancels.slice(index)).toReversed();
  return went > 0
    ? tails.find((tail) => sumWon(tail.map(({ amount }) => amount)) === went)
    : undefined;
}

/** In won, what the PSP took by a paymentKey, and what of it went back. */
function moneyOf(payment: Payment, paymentKey: string) {
  const { kept, amount } = payment;
  if (kept?.paymentKey === paymentKey && kept.approvedAt !== null)
    return { came: amount, went: amount - kept.balanceAmount };
  const { status, cancel } = findAttempt(payment, paymentKey) ?? {};
  const came = status === "VOIDING" || status === "VOIDED" ? (cancel?.amount ?? 0) : 0;
  return { came, went: status === "VOIDED" ? came : (cancel?.wentAmount ?? 0) };
}
