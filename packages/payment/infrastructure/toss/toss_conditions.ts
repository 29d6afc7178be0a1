// What Toss shows of a payment besides its money: the refund limits and the cash receipt.
import { receiptUrlOf, type CashReceipt, type RefundLimits } from "@payflow/shared";
import * as v from "valibot";
import type { Charge } from "../../domain/charge.ts";

type Shown = Pick<Charge, "method" | "approvedAt"> & { readonly isPartialCancelable: boolean };

/** Days within which Toss cancels a bank transfer: https://docs.tosspayments.com/guides/v2/cancel-payment */
const transferDays = 180;

/**
 * Toss's refund limits by payment method. A phone bill is refunded only whole, and only in the month of the payment, by
 * the carriers' rules; a bank transfer for 180 days; `isPartialCancelable: false` only whole. Days and months are
 * Korean. A virtual account has the shop's own limit, a card none.
 */
export function refundLimitsOf({ method, approvedAt, isPartialCancelable }: Shown): RefundLimits {
  const isPhone = method === "휴대폰";
  const transfer = method === "계좌이체" ? { days: transferDays + 1 } : null;
  const period = isPhone ? { months: 1 } : transfer;
  const until = approvedAt && period && midnightAfter(approvedAt, period);
  return { wholeOnly: isPhone || !isPartialCancelable, until };
}

const koreaMs = 9 * 60 * 60_000;

/** Midnight in Korea: of the day `days` later, or of the first day of the month `months` later. */
function midnightAfter(time: string, { months = 0, days = 0 }): string {
  const local = new Date(Date.parse(time) + koreaMs);
  const day = months > 0 ? 1 : local.getUTCDate() + days;
  const start = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months, day);
  return new Date(start - koreaMs).toISOString();
}

/** The owner of a receipt, a phone or business number, is not read. */
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

/** The cash receipt. Toss lists its issues and cancels in no order, and cancels it with each refund. */
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
