// What Toss shows of a payment beside its money: how it can be refunded, its cash receipt, whether it is held in escrow.
import { receiptUrlOf, type CashReceipt, type RefundLimits } from "@payflow/shared";
import * as v from "valibot";
import type { Charge } from "../../domain/charge.ts";

type Shown = Pick<Charge, "method" | "approvedAt"> & { readonly isPartialCancelable: boolean };

/** Days within which Toss cancels a bank transfer: https://docs.tosspayments.com/guides/v2/cancel-payment */
const transferDays = 180;

/**
 * How Toss refunds a payment, by its kind: a phone bill goes back whole, and only in the month of the payment, by the
 * carriers' rules; a bank transfer for 180 days; what is `isPartialCancelable: false` whole. Days and months are Korean.
 * Of a virtual account the limit is the shop's own, and a card has none.
 */
export function refundLimitsOf({ method, approvedAt, isPartialCancelable }: Shown): RefundLimits {
  const isPhone = method === "휴대폰";
  const transfer = method === "계좌이체" ? { days: transferDays + 1 } : null;
  const period = isPhone ? { months: 1 } : transfer;
  const until = approvedAt && period && midnightAfter(approvedAt, period);
  return { wholeOnly: isPhone || !isPartialCancelable, until };
}

const koreaMs = 9 * 60 * 60_000;

/** When a day begins in Korea: that so many days later, or the first of the month so many months later. */
function midnightAfter(time: string, { months = 0, days = 0 }): string {
  const local = new Date(Date.parse(time) + koreaMs);
  const day = months > 0 ? 1 : local.getUTCDate() + days;
  const start = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months, day);
  return new Date(start - koreaMs).toISOString();
}

/** Whose receipt it is, a phone or business number, is not read. */
export const TossReceipt = v.object({
  type: v.string(),
  receiptUrl: v.nullish(v.string(), null),
  amount: v.nullish(v.number(), 0),
});
export const TossReceipts = v.array(
  v.object({
    ...TossReceipt.entries,
    transactionType: v.string(),
    issueStatus: v.nullish(v.picklist(["IN_PROGRESS", "COMPLETED", "FAILED"]), "COMPLETED"),
  }),
);

/** The cash receipt; Toss lists what it has issued and cancelled of it in no order, and cancels it with each refund. */
export function cashReceiptOf(
  receipt: v.InferOutput<typeof TossReceipt> | null,
  history: v.InferOutput<typeof TossReceipts> | null,
): CashReceipt | null {
  const made = (history ?? []).filter(({ issueStatus }) => issueStatus !== "FAILED");
  const isIssued = (one: { transactionType: string }) => one.transactionType === "CONFIRM";
  const issued = made.find(isIssued) ?? history?.find(isIssued);
  const shown = issued ?? receipt;
  if (shown === null) return null;
  const left = made.reduce((sum, one) => sum + (isIssued(one) ? one.amount : -one.amount), 0);
  const isTaken = made.some((one) => !isIssued(one) && one.amount > 0);
  const isCanceled = isTaken && left <= (issued ? 0 : -shown.amount);
  return {
    type: shown.type,
    status: isCanceled ? "CANCELED" : (issued?.issueStatus ?? "COMPLETED"),
    url: receiptUrlOf(shown.receiptUrl),
  };
}
