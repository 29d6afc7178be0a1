// What may be asked for: a confirm, a refund, the close of an order. Each decision stores the intent; nothing is sent
// before it is stored.
import { AppError, type CallBody } from "@payflow/shared";
import { changed, type Decision, type PaymentChange } from "./change.ts";
import type { ChargeCancel } from "./charge.ts";
import { isOpen, resent, started, type Call } from "./operation.ts";
import {
  attemptOf,
  findAttempt,
  markOf,
  refundOf,
  startedAttempt,
  startedCancel,
  withAttempt,
  withRefund,
} from "./payment.ts";
import type { Attempt, CloseReason, Payment, Refund } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { refuseBeyondLimits } from "./refund_limits.ts";
import { snapshotOf } from "./snapshot.ts";
import { taxFreePart } from "./tax_free.ts";

/** An order with this many attempts is somebody trying keys, not somebody paying. */
const attemptsMax = 50;
/**
 * Whoever knows an order's id can use those up with made-up keys; so many more are for the session that placed it, for
 * who has its link, and for the merchant.
 */
const ownAttemptsMax = 2 * attemptsMax;
/** As many refunds of one order as any shop has needed; the row must stay small. */
const refundsMax = 100;

/**
 * Decides whether a paymentKey may be sent to the PSP, and stores it before it is. Undefined: it is stored already, and
 * what became of it is the answer. Throws AppError `amount_mismatch`, `order_already_paid`, `order_not_payable`,
 * `payment_in_progress` or `too_many_attempts`.
 */
export function requestConfirm(
  payment: Payment,
  { paymentKey, amount, isPrivy }: Pick<CallBody<"confirm">, "paymentKey" | "amount" | "isPrivy">,
  moment: Moment,
): Decision {
  if (amount !== payment.amount) {
    const text = `Cannot confirm payment of order "${payment.orderId}": amount is ${amount} but the order asks for ${payment.amount}`;
    throw new AppError("invalid", "amount_mismatch", text);
  }
  if (findAttempt(payment, paymentKey)) return undefined;
  refuseUnlessPayable(payment, isPrivy ? ownAttemptsMax : attemptsMax, moment.now);
  const attempts = [...payment.attempts, startedAttempt(paymentKey, moment)];
  const none = { kept: null, closing: null, failure: null };
  return changed(payment, { ...payment, ...none, status: "IN_PROGRESS", attempts }, moment);
}

function refuseUnlessPayable(payment: Payment, attemptsMost: number, now: string): void {
  const { orderId, attempts, expiresAt } = payment;
  if (payment.status === "DONE" || payment.status === "PARTIAL_CANCELED") {
    const text = `Order "${orderId}" has been paid already`;
    throw new AppError("conflict", "order_already_paid", text);
  }
  if (payment.status === "CANCELED" || payment.status === "EXPIRED")
    throw notPayable(payment, `it is ${payment.status}`);
  // also while money is on its way back: the shopper would be charged twice meanwhile
  const mayHoldMoney = (one: Attempt) => isOpen(one) || one.status === "VOIDING";
  if (payment.status === "WAITING_FOR_DEPOSIT" || attempts.some(mayHoldMoney)) {
    const text = `Another payment of order "${orderId}" is under way; its outcome decides`;
    throw new AppError("conflict", "payment_in_progress", text, { retryAfterSeconds: 5 });
  }
  if (now >= expiresAt) throw notPayable(payment, `its time ended at ${expiresAt}`);
  if (attempts.length < attemptsMost) return;
  const text = `Order "${orderId}" has had ${attempts.length} attempts`;
  throw new AppError("too_many", "too_many_attempts", text);
}

export type RefundRequest = Omit<CallBody<"refund">, "orderId" | "facts" | "known">;

/**
 * Decides whether a refund may be sent to the PSP, and stores it before it is. Undefined: this key's refund is stored
 * already. A refund that the PSP shows and that was lost here is recorded as DONE. Throws AppError
 * `idempotency_key_reused`, `payment_not_refundable`, `refund_in_progress`, `amount_exceeds_balance`,
 * `refund_period_over`, `refund_whole_only`, `tax_free_out_of_range` or `refund_account_required`.
 */
export function requestRefund(payment: Payment, request: RefundRequest, moment: Moment): Decision {
  const { key, requestHash, reason, account = null } = request;
  const known = payment.refunds.find((refund) => refund.key === key);
  if (known?.requestHash === requestHash) return undefined;
  const mark = markOf(key);
  const made = lostRefund(payment, mark);
  const isOther = made !== undefined && (request.amount ?? made.amount) !== made.amount;
  if (known || isOther) {
    const text =
      "This Idempotency-Key was used for another refund; send a new key with a new refund";
    throw new AppError("invalid", "idempotency_key_reused", text);
  }
  // the merchant's own key: should our record of the refund get lost, the PSP still answers its repetition as before
  const fresh = { ...started(`refund-${key}`, moment), key, requestHash, reason, mark };
  if (made !== undefined) {
    const { amount, taxFreeAmount, canceledAt } = made;
    const sums = { amount, taxFreeAmount };
    const sent = { firstSentAt: canceledAt, lastSentAt: canceledAt, nextAt: null };
    // what the PSP held before is unknown by now, and of no use for what has been done
    const before = { account: null, refundableAmount: amount, cancelsBefore: [] };
    return added(payment, { ...fresh, ...sent, ...before, status: "DONE", ...sums }, moment);
  }
  const { orderId, kept } = refundable(payment);
  const amount = request.amount ?? kept.balanceAmount;
  if (amount > kept.balanceAmount) {
    const text = `Cannot refund ${amount} of order "${orderId}": ${kept.balanceAmount} is left`;
    throw new AppError("invalid", "amount_exceeds_balance", text);
  }
  refuseBeyondLimits({ orderId, kept }, amount, moment.now);
  const isDeposit = kept.virtualAccount !== null;
  if (isDeposit && account === null) {
    const text = `Order "${orderId}" was paid into a virtual account: say to which account the money goes back`;
    throw new AppError("invalid", "refund_account_required", text);
  }
  const refund: Refund = {
    ...fresh,
    amount,
    taxFreeAmount: taxFreePart({ orderId, kept }, amount, request.taxFreeAmount),
    // the PSP takes one for a deposit only
    account: isDeposit ? account : null,
    refundableAmount: kept.balanceAmount,
    cancelsBefore: kept.cancels.map((cancel) => cancel.transactionKey),
  };
  return added(payment, refund, moment);
}

function added(payment: Payment, refund: Refund, moment: Moment): PaymentChange {
  return changed(payment, { ...payment, refunds: [...payment.refunds, refund] }, moment);
}

/** A cancel at the PSP that bears this mark, while no refund here does. */
function lostRefund({ refunds, kept }: Payment, mark: string): ChargeCancel | undefined {
  if (refunds.some((refund) => refund.mark === mark)) return undefined;
  return kept?.cancels.find((cancel) => cancel.mark === mark);
}

function refundable(payment: Payment) {
  const { orderId, status, refunds } = payment;
  if (refunds.some(isOpen)) {
    const text = `A refund of order "${orderId}" is under way; its outcome decides what is left`;
    throw new AppError("conflict", "refund_in_progress", text, { retryAfterSeconds: 5 });
  }
  const isPaid = status === "DONE" || status === "PARTIAL_CANCELED";
  if (isPaid && refunds.length < refundsMax) return payment;
  const why = isPaid ? `it has had ${refundsMax} refunds` : `its payment is ${status}`;
  const text = `Cannot refund order "${orderId}": ${why}`;
  throw new AppError("conflict", "payment_not_refundable", text);
}

/** Stores that a confirm or a refund goes out once more, under the key that it has by now. */
export function requestResend(payment: Payment, call: Call, moment: Moment): PaymentChange {
  const next =
    call.kind === "refund"
      ? withRefund(payment, resent(refundOf(payment, call.key), moment))
      : withAttempt(payment, resent(attemptOf(payment, call.paymentKey), moment));
  return changed(payment, next, moment);
}

/**
 * Closes an unpaid order. An open one is closed at once, and what the PSP still approves for it goes back; a waiting
 * account must be cancelled at the PSP first, since a deposit may be faster. Undefined: closed already.
 * Throws AppError `order_not_cancelable` when it is paid.
 */
export function requestClose(payment: Payment, reason: CloseReason, moment: Moment): Decision {
  if (payment.status === "READY" || payment.status === "IN_PROGRESS") {
    const status = reason === "expired" ? "EXPIRED" : "CANCELED";
    return changed(payment, { ...payment, status }, moment);
  }
  if (payment.status !== "WAITING_FOR_DEPOSIT") {
    const isOver = payment.status === "CANCELED" || payment.status === "EXPIRED";
    if (isOver && payment.kept?.approvedAt == null) return undefined;
    const text = `Cannot cancel order "${payment.orderId}": it is paid; a refund returns the money`;
    throw new AppError("conflict", "order_not_cancelable", text);
  }
  if (payment.closing !== null) return undefined;
  const attempt = attemptOf(payment, payment.kept.paymentKey);
  const why = reason === "expired" ? "입금 기한이 지났습니다" : "주문이 취소되었습니다";
  const cancel = attempt.cancel ?? startedCancel(why, moment);
  const due = { ...attempt, cancel, checks: 0, nextAt: moment.now };
  return changed(payment, { ...withAttempt(payment, due), closing: reason }, moment);
}

/** The refusal of a payment that can't be made any more. */
export function notPayable(payment: Payment, why: string): AppError {
  const { refunding } = snapshotOf(payment);
  const text = `Cannot pay order "${payment.orderId}": ${why}`;
  return new AppError("conflict", "order_not_payable", text, { extensions: { refunding } });
}
