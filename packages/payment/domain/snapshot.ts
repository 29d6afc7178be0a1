// What others see of a payment: the snapshot that events carry, and the view that its owner and the merchant get.
import { sameJson, sumWon, unreachable } from "@payflow/shared";
import type { PaymentEventType, PaymentSnapshot, PaymentView } from "@payflow/shared";
import { lacksAccount, type Payment } from "./payment.ts";

export function snapshotOf(payment: Payment): PaymentSnapshot {
  const { kept, attempts, amount } = payment;
  const heldAmount = kept?.approvedAt == null ? undefined : kept.balanceAmount;
  return {
    orderId: payment.orderId,
    paymentVersion: Math.max(1, payment.version),
    status: payment.status,
    amount,
    balanceAmount: heldAmount ?? 0,
    refundedAmount: heldAmount === undefined ? 0 : amount - heldAmount,
    currency: payment.currency,
    method: kept?.method ?? null,
    approvedAt: kept?.approvedAt ?? null,
    receiptUrl: kept?.receiptUrl ?? null,
    virtualAccount: kept?.virtualAccount ?? null,
    failure: payment.failure,
    refunding: attempts.some(({ status }) => status === "VOIDING"),
    returnedAmount: sumWon(
      attempts.map(({ status, cancel }) => (status === "VOIDED" ? (cancel?.amount ?? 0) : 0)),
    ),
    refundAccountNeeded: attempts.some(lacksAccount),
  };
}

export function viewOf(payment: Payment): PaymentView {
  const { kept, attempts, orderName } = payment;
  return {
    ...snapshotOf(payment),
    orderName,
    paymentKey: kept?.paymentKey ?? attempts.at(-1)?.paymentKey ?? null,
    // an account that was closed unpaid is a cancel to the PSP; nothing went back by it
    cancels: kept?.approvedAt == null ? [] : kept.cancels.map(({ mark: _, ...cancel }) => cancel),
  };
}

/** The event that tells others of a change; undefined when it is none that they can see, or none that they act on. */
export function announcement(before: Payment, after: Payment): PaymentEventType | undefined {
  const { paymentVersion: _, ...was } = snapshotOf(before);
  const { paymentVersion: __, ...is } = snapshotOf(after);
  if (sameJson(was, is)) return undefined;
  switch (after.status) {
    case "READY":
      return after.failure === null ? undefined : "PaymentDeclined";
    case "IN_PROGRESS":
      return undefined;
    case "WAITING_FOR_DEPOSIT":
      return "PaymentAwaitingDeposit";
    case "DONE":
      return "PaymentConfirmed";
    case "PARTIAL_CANCELED":
    case "CANCELED":
      return "PaymentCanceled";
    case "EXPIRED":
      return "PaymentExpired";
    default:
      return unreachable(after);
  }
}
