// Decides POST /v1/payments/{paymentKey}/cancel after its body was parsed. The checks run in Toss's
// order; the first failed check gives the code.

import {
  type Change,
  expire,
  isPartialCancelable,
  type Payment,
  type RefundAccount,
} from "./sandbox_payment.ts";
import type { Decision } from "./sandbox_confirm.ts";
import { newTransactionKey } from "./toss_ids.ts";
import { bankCode } from "./toss_methods.ts";
import { koreanDigits } from "./toss_time.ts";

export type CancelRequest = {
  readonly cancelReason: string;
  /** The whole balance when omitted. */
  readonly cancelAmount?: number | undefined;
  /** The balance that the client expects; a difference rejects the cancel. */
  readonly refundableAmount?: number | undefined;
  readonly taxFreeAmount?: number | undefined;
  readonly taxExemptionAmount?: number | undefined;
  readonly refundReceiveAccount?: RefundAccount | undefined;
};

export function decideCancel(payment: Payment, request: CancelRequest, now: number): Decision {
  const expired = expire(payment, now);
  if (expired !== undefined) return { change: expired, code: "NOT_CANCELABLE_PAYMENT" };
  switch (payment.status) {
    case "READY":
    case "IN_PROGRESS":
    case "ABORTED":
    case "EXPIRED":
      return { code: "NOT_CANCELABLE_PAYMENT" };
    case "CANCELED":
      return { code: "ALREADY_CANCELED_PAYMENT" };
    case "WAITING_FOR_DEPOSIT":
    case "DONE":
    case "PARTIAL_CANCELED":
      break;
    default:
      payment.status satisfies never;
  }
  if (isRefundOver(payment, now)) return { code: "EXCEED_MAX_REFUND_DUE" };
  const balance = payment.balanceAmount;
  const amount = request.cancelAmount ?? balance;
  if (balance === 0) return { code: "NOT_CANCELABLE_AMOUNT" };
  if (request.refundableAmount !== undefined && request.refundableAmount !== balance) {
    return { code: "NOT_MATCHES_REFUNDABLE_AMOUNT" };
  }
  if (amount > balance) return { code: "NOT_CANCELABLE_AMOUNT" };
  const partial = amount < balance;
  if (payment.status === "WAITING_FOR_DEPOSIT" && partial) {
    return { code: "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT" };
  }
  if (payment.method === "VIRTUAL_ACCOUNT" && payment.approvedAt !== null) {
    const code = accountFault(request.refundReceiveAccount);
    if (code !== undefined) return { code };
  }
  if (partial && !isPartialCancelable(payment)) return { code: "NOT_ALLOWED_PARTIAL_REFUND" };
  return { change: cancel(payment, { ...request, cancelAmount: amount }, now) };
}

const transferRefundMs = 180 * 24 * 3_600_000;

/** A phone bill is refundable in its calendar month (KST), a bank transfer for 180 days. */
function isRefundOver({ method, approvedAt }: Payment, now: number): boolean {
  if (approvedAt === null) return false;
  const monthOf = (time: number) => koreanDigits(time).slice(0, 6);
  if (method === "MOBILE_PHONE") return monthOf(approvedAt) !== monthOf(now);
  return method === "TRANSFER" && now > approvedAt + transferRefundMs;
}

function accountFault(account: RefundAccount | undefined): string | undefined {
  if (account === undefined) return "INVALID_REFUND_ACCOUNT_INFO";
  if (bankCode(account.bank) === undefined) return "INVALID_BANK";
  if (!/^\d{1,20}$/.test(account.accountNumber)) return "INVALID_REFUND_ACCOUNT_NUMBER";
  return undefined;
}

/**
 * Toss uses CANCELED only when one cancel refunds everything. After partial cancels, the last one
 * leaves PARTIAL_CANCELED with a balance of 0.
 */
function cancel(
  payment: Payment,
  request: CancelRequest & { readonly cancelAmount: number },
  now: number,
): Change {
  const transactionKey = newTransactionKey(now);
  const balanceAmount = payment.balanceAmount - request.cancelAmount;
  const whole = balanceAmount === 0 && payment.cancels.length === 0;
  const status = whole ? "CANCELED" : "PARTIAL_CANCELED";
  const { taxFreeAmount, taxExemptionAmount } = untaxedParts(payment, request);
  const account = payment.virtualAccount;
  return {
    payment: {
      ...payment,
      status,
      balanceAmount,
      taxFreeAmount: payment.taxFreeAmount - taxFreeAmount,
      taxExemptionAmount: payment.taxExemptionAmount - taxExemptionAmount,
      lastTransactionKey: transactionKey,
      virtualAccount:
        account !== null && payment.approvedAt !== null
          ? { ...account, refundStatus: "PENDING" }
          : account,
      cancels: [
        ...payment.cancels,
        {
          transactionKey,
          cancelReason: request.cancelReason,
          refundReceiveAccount: request.refundReceiveAccount ?? null,
          canceledAt: now,
          cancelAmount: request.cancelAmount,
          taxFreeAmount,
          taxExemptionAmount,
          refundableAmount: balanceAmount,
        },
      ],
    },
    transaction: { transactionKey, status, at: now, amount: request.cancelAmount },
    events:
      payment.method === "VIRTUAL_ACCOUNT"
        ? ["PAYMENT_STATUS_CHANGED", "DEPOSIT_CALLBACK"]
        : ["PAYMENT_STATUS_CHANGED"],
  };
}

/**
 * The untaxed amounts of a cancel: those of the request, limited to what the payment still has,
 * plus the amount that the taxed balance cannot cover. So no part of the balance falls below zero,
 * and the last cancel brings every part to zero.
 */
function untaxedParts(
  payment: Payment,
  request: CancelRequest & { readonly cancelAmount: number },
) {
  const { cancelAmount } = request;
  const taxed = payment.balanceAmount - payment.taxFreeAmount - payment.taxExemptionAmount;
  const exempt = Math.min(
    request.taxExemptionAmount ?? 0,
    payment.taxExemptionAmount,
    cancelAmount,
  );
  const free = Math.min(request.taxFreeAmount ?? 0, payment.taxFreeAmount, cancelAmount - exempt);
  const lacking = Math.max(0, cancelAmount - exempt - free - taxed);
  const moreFree = Math.min(lacking, payment.taxFreeAmount - free);
  return { taxFreeAmount: free + moreFree, taxExemptionAmount: exempt + lacking - moreFree };
}
