// Decisions on requests: a confirm, a refund, the close of an order. Each stores its intent; nothing is sent before.
import { AppError, isClosed, markOf, sameJson, type CallBody } from "@payflow/shared";
import { changed, type Decision, type PaymentChange, type Stamp } from "./change.ts";
import type { ChargeCancel, Kept } from "./charge.ts";
import { isOpen, resent, started, type Call } from "./operation.ts";
import { attemptOf, findAttempt, isPayoutRefused, refundOf } from "./payment.ts";
import { startedAttempt, startedCancel, withAttempt, withRefund } from "./payment.ts";
import type { Attempt, CloseReason, Payment, Refund } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { snapshotOf } from "./snapshot.ts";
import { taxFreePart } from "./tax_free.ts";

/** Enough for any shopper; more attempts come from a client that tries made-up keys. */
const attemptsMax = 50;
/**
 * Anyone who knows an order's id can use up `attemptsMax` with made-up keys. So the session that placed the order,
 * holders of its link, and the merchant get as many again.
 */
const ownAttemptsMax = 2 * attemptsMax;
/** More than any shop has needed; keeps the row small. */
const refundsMax = 100;

/**
 * Decides whether a paymentKey may be sent to the PSP, and stores the attempt first. Undefined: the attempt exists
 * already, and its outcome is the response. Throws AppError `amount_mismatch`, `order_already_paid`,
 * `order_not_payable`, `payment_in_progress` or `too_many_attempts`.
 */
export function requestConfirm(
  payment: Payment,
  { paymentKey, amount, isTrusted }: Omit<CallBody<"confirm">, "facts" | "known">,
  moment: Moment,
): Decision {
  if (amount !== payment.amount) {
    const text = `Cannot confirm payment of order "${payment.orderId}": amount is ${amount}, but the order's amount is ${payment.amount}`;
    throw new AppError("invalid", "amount_mismatch", text);
  }
  if (findAttempt(payment, paymentKey)) return undefined;
  refuseUnlessPayable(payment, isTrusted ? ownAttemptsMax : attemptsMax, moment.now);
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
  // also while money is being returned: otherwise the shopper would be charged twice meanwhile
  const mayHoldMoney = (one: Attempt) => isOpen(one) || one.status === "VOIDING";
  if (payment.status === "WAITING_FOR_DEPOSIT" || attempts.some(mayHoldMoney)) {
    const text = `Another payment of order "${orderId}" is in progress; retry when it has ended`;
    throw new AppError("conflict", "payment_in_progress", text, { retryAfterSeconds: 5 });
  }
  if (now >= expiresAt) throw notPayable(payment, `it expired at ${expiresAt}`);
  if (attempts.length < attemptsMost) return;
  const text = `Cannot pay order "${orderId}": it has had ${attempts.length} attempts, the limit`;
  throw new AppError("too_many", "too_many_attempts", text);
}

export type RefundRequest = Omit<CallBody<"refund">, "orderId" | "facts" | "known">;

/**
 * Decides whether a refund may be sent to the PSP, and stores it first. Undefined: the refund with this key exists
 * already. A refund that the PSP shows but the database lost is recorded as DONE. Throws AppError
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
      "This Idempotency-Key was used for another refund; send a new key for a new refund";
    throw new AppError("invalid", "idempotency_key_reused", text);
  }
  // from the merchant's key: if our record of the refund is lost, a repeat still gets the PSP's first response
  const fresh = { ...started(`refund-${key}`, moment), key, requestHash, reason, mark };
  if (made !== undefined) {
    const { amount, taxFreeAmount, canceledAt } = made;
    const sums = { amount, taxFreeAmount };
    const sent = { firstSentAt: canceledAt, lastSentAt: canceledAt, nextAt: null };
    // the balance before a lost refund is unknown, and not needed any more
    const before = { account: null, refundableAmount: amount, cancelsBefore: [] };
    return added(payment, { ...fresh, ...sent, ...before, status: "DONE", ...sums }, moment);
  }
  const { orderId, kept } = refundable(payment);
  const amount = request.amount ?? kept.balanceAmount;
  if (amount > kept.balanceAmount) {
    const text = `Cannot refund ${amount} of order "${orderId}": its balance is ${kept.balanceAmount}`;
    throw new AppError("invalid", "amount_exceeds_balance", text);
  }
  refuseBeyondLimits({ orderId, kept }, amount, moment.now);
  const isDeposit = kept.virtualAccount !== null;
  if (isDeposit && account === null) {
    const text = `Cannot refund order "${orderId}": a payment by virtual account needs a refund account`;
    throw new AppError("invalid", "refund_account_required", text);
  }
  const refund: Refund = {
    ...fresh,
    amount,
    taxFreeAmount: taxFreePart({ orderId, kept }, amount, request.taxFreeAmount),
    // the PSP accepts an account for a deposit only
    account: isDeposit ? account : null,
    refundableAmount: kept.balanceAmount,
    cancelsBefore: kept.cancels.map((cancel) => cancel.transactionKey),
  };
  return added(payment, refund, moment);
}

/** Refuses a refund beyond the PSP's limits, before a call is sent. Throws AppError `refund_period_over`, or `refund_whole_only` for a partial refund. */
function refuseBeyondLimits(
  { orderId, kept }: { readonly orderId: string; readonly kept: Kept },
  amount: number,
  now: string,
): void {
  const { wholeOnly, until } = kept.refundLimits;
  if (until !== null && now >= until) {
    const text = `Cannot refund order "${orderId}": the payment provider accepted refunds of it until ${until}`;
    throw new AppError("conflict", "refund_period_over", text);
  }
  if (!wholeOnly || amount === kept.balanceAmount) return;
  const text = `Cannot refund ${amount} of order "${orderId}": its payment can only be refunded in full, ${kept.balanceAmount}`;
  throw new AppError("invalid", "refund_whole_only", text);
}

function added(payment: Payment, refund: Refund, moment: Moment): PaymentChange {
  return changed(payment, { ...payment, refunds: [...payment.refunds, refund] }, moment);
}

/** The PSP's cancel with this mark, if no stored refund has the mark. */
function lostRefund({ refunds, kept }: Payment, mark: string): ChargeCancel | undefined {
  if (refunds.some((refund) => refund.mark === mark)) return undefined;
  return kept?.cancels.find((cancel) => cancel.mark === mark);
}

function refundable(payment: Payment) {
  const { orderId, status, refunds } = payment;
  if (refunds.some(isOpen)) {
    const text = `A refund of order "${orderId}" is in progress; retry when it has ended`;
    throw new AppError("conflict", "refund_in_progress", text, { retryAfterSeconds: 5 });
  }
  const isPaid = status === "DONE" || status === "PARTIAL_CANCELED";
  if (isPaid && refunds.length < refundsMax) return payment;
  const why = isPaid ? `it has had ${refundsMax} refunds` : `its payment is ${status}`;
  const text = `Cannot refund order "${orderId}": ${why}`;
  throw new AppError("conflict", "payment_not_refundable", text);
}

/** Stores the intent to resend a confirm or a refund under its current key. */
export function requestResend(payment: Payment, call: Call, moment: Moment): PaymentChange {
  const next =
    call.kind === "refund"
      ? withRefund(payment, resent(refundOf(payment, call.key), moment))
      : withAttempt(payment, resent(attemptOf(payment, call.paymentKey), moment));
  return changed(payment, next, moment);
}

/**
 * Closes an unpaid order. An open order is closed at once, and an approval that still arrives is returned. A waiting
 * account must first be cancelled at the PSP, because a deposit may be faster. Undefined: closed already. Throws
 * AppError `order_not_cancelable` when it is paid.
 */
export function requestClose(payment: Payment, reason: CloseReason, moment: Moment): Decision {
  if (payment.status === "READY" || payment.status === "IN_PROGRESS") {
    const status = reason === "expired" ? "EXPIRED" : "CANCELED";
    return changed(payment, { ...payment, status }, moment);
  }
  if (payment.status !== "WAITING_FOR_DEPOSIT") {
    if (isClosed(payment) && payment.kept?.approvedAt == null) return undefined;
    const text = `Cannot cancel order "${payment.orderId}": it is ${isClosed(payment) ? "refunded already" : "paid; a refund returns the money"}`;
    throw new AppError("conflict", "order_not_cancelable", text);
  }
  if (payment.closing !== null) return undefined;
  const attempt = attemptOf(payment, payment.kept.paymentKey);
  const why = reason === "expired" ? "입금 기한이 지났습니다" : "주문이 취소되었습니다";
  const cancel = attempt.cancel ?? startedCancel(why, moment);
  const due = { ...attempt, cancel, checks: 0, nextAt: moment.now };
  return changed(payment, { ...withAttempt(payment, due), closing: reason }, moment);
}

/** Ends payouts that an operator has paid outside the PSP or that were paid twice. Undefined: there is none. */
export function dismissPayout(payment: Payment, moment: Stamp): Decision {
  const outside = { isPayoutDismissed: true, paidOutsideAt: moment.now };
  const attempts = payment.attempts.map((one): Attempt => {
    if (one.payout === null) return { ...one, paidOutsideAt: null };
    return isPayoutRefused(one) ? { ...one, ...outside } : one;
  });
  const after = { ...payment, attempts };
  return sameJson(payment, after) ? undefined : changed(payment, after, moment);
}

/** The error for an order that can no longer be paid. */
export function notPayable(payment: Payment, why: string): AppError {
  const { refunding } = snapshotOf(payment);
  const text = `Cannot pay order "${payment.orderId}": ${why}`;
  return new AppError("conflict", "order_not_payable", text, { extensions: { refunding } });
}
