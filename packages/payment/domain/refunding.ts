import { AppError, type Change, type PaymentEvent } from "@payflow/shared";
import { isCallOver, plusMs } from "./attempt.ts";
import { changed, keptOf, type Moment, type PaidPayment, type Payment } from "./payment.ts";
import { isOpenRefund, markOf, type Refund } from "./refund.ts";
import type { TossCancel } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** As many refunds of one order as any shop has needed; the row must stay small. */
const refundsMax = 100;

export type RefundRequest = Pick<Refund, "key" | "requestHash" | "reason" | "account"> & {
  /** Undefined: all that is left. */
  readonly amount: number | undefined;
};

/**
 * Decides whether a refund may be sent to Toss, and stores it before it is. Undefined: this key's refund is stored
 * already. A refund that Toss shows and that was lost here is recorded as DONE. Throws AppError `idempotency_key_reused`, `payment_not_refundable`, `refund_in_progress`,
 * `amount_exceeds_balance` or `refund_account_required`.
 */
export function requestRefund(
  payment: Payment,
  request: RefundRequest,
  moment: Moment,
): PaymentChange | undefined {
  const { key, requestHash, reason, account } = request;
  const known = findRefund(payment, key);
  if (known) {
    if (known.requestHash === requestHash) return undefined;
    throw keyReused();
  }
  const mark = markOf(key);
  const made = lostRefund(payment, mark);
  if (made !== undefined) return adopted(payment, request, made, moment);
  const paid = refundable(payment);
  const { kept } = paid;
  const amount = request.amount ?? kept.balanceAmount;
  if (amount > kept.balanceAmount) {
    throw new AppError(
      "invalid",
      "amount_exceeds_balance",
      `Cannot refund ${amount} of order "${payment.orderId}": ${kept.balanceAmount} is left`,
    );
  }
  const isDeposit = kept.virtualAccount !== null;
  if (isDeposit && account === null) {
    throw new AppError(
      "invalid",
      "refund_account_required",
      `Order "${payment.orderId}" was paid into a virtual account: say to which account the money goes back`,
    );
  }
  const refund: Refund = {
    key,
    requestHash,
    amount,
    reason,
    mark,
    // the merchant's own: should our record of the refund get lost, Toss still answers its repetition as before
    idempotencyKey: `refund-${key}`,
    // Toss takes one for a deposit only
    account: isDeposit ? account : null,
    status: "REQUESTED",
    refundableAmount: kept.balanceAmount,
    cancelsBefore: kept.cancels.map((cancel) => cancel.transactionKey),
    posts: 1,
    postsUnderKey: 1,
    doubtfulRefusal: false,
    lastPostAt: moment.now,
    asks: 0,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
    failure: null,
  };
  return changed(payment, { ...paid, refunds: [...paid.refunds, refund] }, moment);
}

/** A cancel at Toss that bears this mark, while no refund here does. */
function lostRefund(payment: Payment, mark: string): TossCancel | undefined {
  if (payment.refunds.some((refund) => refund.mark === mark)) return undefined;
  return keptOf(payment)?.cancels.find((cancel) => cancel.mark === mark);
}

function adopted(
  payment: Payment,
  request: RefundRequest,
  made: TossCancel,
  moment: Moment,
): PaymentChange {
  const { key, requestHash, reason } = request;
  const { amount, mark } = made;
  if (request.amount !== undefined && request.amount !== amount) throw keyReused();
  const refund: Refund = {
    key,
    requestHash,
    amount,
    reason,
    mark: mark ?? markOf(key),
    status: "DONE",
    account: null,
    idempotencyKey: `refund-${key}`,
    // unknown by now, and of no use for what has been done
    refundableAmount: amount,
    cancelsBefore: [],
    posts: 1,
    postsUnderKey: 1,
    doubtfulRefusal: false,
    asks: 0,
    lastPostAt: made.canceledAt,
    nextAt: null,
    failure: null,
  };
  return changed(payment, { ...payment, refunds: [...payment.refunds, refund] }, moment);
}

function keyReused(): AppError {
  return new AppError(
    "invalid",
    "idempotency_key_reused",
    "This Idempotency-Key was used for another refund; send a new key with a new refund",
  );
}

/** Stores that the refund goes out once more, under the key that it has by now. */
export function repeatRefund(payment: Payment, key: string, moment: Moment): PaymentChange {
  const refund = refundOf(payment, key);
  const next: Refund = {
    ...refund,
    status: "REQUESTED",
    posts: refund.posts + 1,
    postsUnderKey: refund.postsUnderKey + 1,
    lastPostAt: moment.now,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
  };
  return changed(payment, withRefund(payment, next), moment);
}

/** True while Toss has yet to answer under the present key: the same call brings that answer, whatever was done. */
export function lacksAnswer(refund: Refund): boolean {
  return refund.postsUnderKey > 0;
}

/** True when no earlier call can still be under way, and none is to be waited for. */
export function mayRepeatRefund(refund: Refund, moment: Moment): boolean {
  if (refund.doubtfulRefusal) return false;
  if (refund.status === "UNKNOWN") return true;
  return refund.status === "REQUESTED" && isCallOver(refund, moment);
}

export function findRefund(payment: Payment, key: string): Refund | undefined {
  return payment.refunds.find((refund) => refund.key === key);
}

export function refundOf(payment: Payment, key: string): Refund {
  const refund = findRefund(payment, key);
  if (refund === undefined) {
    throw new Error(`Payment "${payment.orderId}" has no refund "${key}"`);
  }
  return refund;
}

function refundable(payment: Payment): PaidPayment {
  const { orderId } = payment;
  if (payment.refunds.some(isOpenRefund)) {
    throw new AppError(
      "conflict",
      "refund_in_progress",
      `A refund of order "${orderId}" is under way; its outcome decides what is left`,
      { retryAfterSeconds: 5 },
    );
  }
  const paid = payment.status === "DONE" || payment.status === "PARTIAL_CANCELED";
  if (!paid) throw notRefundable(orderId, `its payment is ${payment.status}`);
  if (payment.refunds.length >= refundsMax)
    throw notRefundable(orderId, `it has had ${refundsMax} refunds`);
  return payment;
}

function notRefundable(orderId: string, why: string): AppError {
  const message = `Cannot refund order "${orderId}": ${why}`;
  return new AppError("conflict", "payment_not_refundable", message);
}

export function withRefund<P extends Payment>(payment: P, next: Refund): P {
  const refunds = payment.refunds.map((refund) => (refund.key === next.key ? next : refund));
  return { ...payment, refunds };
}
