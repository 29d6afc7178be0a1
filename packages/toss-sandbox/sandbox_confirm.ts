// Decides POST /v1/payments/confirm after its body was parsed. The checks run in Toss's order; the
// first failed check gives the code.

import { abort, type Change, expire, type Payment } from "./sandbox_payment.ts";
import { newAccountNumber, newSecret, newTransactionKey } from "./toss_ids.ts";

export type ConfirmRequest = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: number;
};

/** The outcome of a request: a change, an error code, or both. */
export type Decision = { readonly change?: Change; readonly code?: string };

export type ConfirmSituation = {
  readonly now: number;
  /** The client key that belongs to the secret key of the request. */
  readonly clientKey: string;
  /** The decline code of the card company or bank, if any. */
  readonly declineCode?: string | undefined;
  readonly amountMismatchCode: string;
};

export function decideConfirm(
  payment: Payment | undefined,
  request: ConfirmRequest,
  situation: ConfirmSituation,
): Decision {
  const { now } = situation;
  if (payment === undefined) return { code: "NOT_FOUND_PAYMENT_SESSION" };
  if (payment.clientKey !== situation.clientKey) return { code: "INVALID_API_KEY" };
  if (payment.orderId !== request.orderId) return { code: "NOT_FOUND_PAYMENT_SESSION" };
  const expired = expire(payment, now);
  if (expired !== undefined) return { change: expired, code: "NOT_FOUND_PAYMENT_SESSION" };
  switch (payment.status) {
    case "DONE":
    case "CANCELED":
    case "PARTIAL_CANCELED":
    case "WAITING_FOR_DEPOSIT":
    case "ABORTED":
      return { code: "ALREADY_PROCESSED_PAYMENT" };
    case "EXPIRED":
    case "READY":
      return { code: "NOT_FOUND_PAYMENT_SESSION" };
    case "IN_PROGRESS":
      break;
    default:
      payment.status satisfies never;
  }
  if (payment.totalAmount !== request.amount) return { code: situation.amountMismatchCode };
  if (situation.declineCode !== undefined) {
    return { change: abort(payment, situation.declineCode), code: situation.declineCode };
  }
  return { change: approve(payment, now) };
}

function approve(payment: Payment, now: number): Change {
  const transactionKey = newTransactionKey(now);
  const next = {
    ...payment,
    atConfirm: null,
    lastTransactionKey: transactionKey,
    secret: newSecret(),
  };
  const transaction = { transactionKey, at: now, amount: payment.totalAmount };
  if (payment.method === "VIRTUAL_ACCOUNT") {
    const { depositWithin } = payment;
    return {
      payment: {
        ...next,
        status: "WAITING_FOR_DEPOSIT",
        virtualAccount: {
          accountNumber: newAccountNumber(),
          bankCode: payment.bankCode,
          dueAt: "until" in depositWithin ? depositWithin.until : now + depositWithin.ms,
          depositorName: null,
          refundStatus: "NONE",
        },
      },
      transaction: { ...transaction, status: "WAITING_FOR_DEPOSIT" },
      events: ["PAYMENT_STATUS_CHANGED"],
    };
  }
  return {
    payment: { ...next, status: "DONE", approvedAt: now, approvals: 1 },
    transaction: { ...transaction, status: "DONE" },
    events: ["PAYMENT_STATUS_CHANGED"],
  };
}
