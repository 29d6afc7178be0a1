// The public forms of a payment: the snapshot in events, and the view for the order's owner and the merchant.
import { sameJson, sumWon } from "@payflow/shared";
import type {
  PaymentEventType,
  PaymentSnapshot,
  PaymentStatus,
  PaymentView,
} from "@payflow/shared";
import { isPayoutRefused, lacksAccount, type Payment } from "./payment.ts";

export function snapshotOf(payment: Payment): PaymentSnapshot {
  const { kept, attempts, amount } = payment;
  const returned = attempts.filter(({ status }) => status === "VOIDED");
  const heldAmount = kept?.approvedAt == null ? undefined : kept.balanceAmount;
  const refunds = heldAmount === undefined ? [] : (kept?.cancels ?? []);
  return {
    orderId: payment.orderId,
    paymentVersion: Math.max(1, payment.version),
    status: payment.status,
    amount,
    balanceAmount: heldAmount ?? 0,
    refundedAmount: heldAmount === undefined ? 0 : amount - heldAmount,
    refundMarks: refunds.flatMap(({ mark }) => mark ?? []),
    currency: payment.currency,
    method: kept?.method ?? null,
    approvedAt: kept?.approvedAt ?? null,
    receiptUrl: kept?.receiptUrl ?? null,
    virtualAccount: kept?.virtualAccount ?? null,
    refundLimits: heldAmount === undefined ? null : (kept?.refundLimits ?? null),
    cashReceipt: kept?.cashReceipt ?? null,
    isEscrow: kept?.isEscrow ?? false,
    failure: payment.failure,
    refunding: attempts.some(({ status }) => status === "VOIDING"),
    returnedAmount: sumWon(returned.map(({ cancel }) => cancel?.amount ?? 0)),
    refundAccountNeeded: attempts.some(lacksAccount),
    refundDelayed: attempts.some(isPayoutRefused),
  };
}

export function viewOf(payment: Payment): PaymentView {
  const { kept, attempts, orderName, taxFreeAmount } = payment;
  return {
    ...snapshotOf(payment),
    orderName,
    taxFreeAmount,
    taxFreeBalance: kept?.approvedAt == null ? 0 : kept.taxFreeAmount,
    paymentKey: kept?.paymentKey ?? attempts.at(-1)?.paymentKey ?? null,
    // the PSP records the close of an unpaid account as a cancel, but no money was returned
    cancels: kept?.approvedAt == null ? [] : kept.cancels.map(({ mark: _, ...cancel }) => cancel),
  };
}

/** The event that announces a change; undefined if the snapshot is unchanged or no consumer acts on the change. */
export function announcement(before: Payment, after: Payment): PaymentEventType | undefined {
  const { paymentVersion: _, ...was } = snapshotOf(before);
  const { paymentVersion: __, ...is } = snapshotOf(after);
  if (sameJson(was, is)) return undefined;
  const isNews = after.status !== "READY" || after.failure !== null;
  return isNews ? eventTypes[after.status] : undefined;
}

const eventTypes: Readonly<Record<PaymentStatus, PaymentEventType | undefined>> = {
  READY: "PaymentDeclined",
  IN_PROGRESS: undefined,
  WAITING_FOR_DEPOSIT: "PaymentAwaitingDeposit",
  DONE: "PaymentConfirmed",
  PARTIAL_CANCELED: "PaymentCanceled",
  CANCELED: "PaymentCanceled",
  EXPIRED: "PaymentExpired",
};
