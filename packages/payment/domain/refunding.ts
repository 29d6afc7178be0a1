import {
  AppError,
  type Change,
  type PaymentEvent,
  type PaymentFailure,
} from "@payflow/shared";
import { recordFinding } from "./approval.ts";
import { askAfterMs, plusMs, settledAfterMs } from "./attempt.ts";
import {
  attemptOf,
  changed,
  keptOf,
  withAttempt,
  type Moment,
  type PaidPayment,
  type Payment,
} from "./payment.ts";
import { isOpenRefund, type Refund } from "./refund.ts";
import type { TossAnswer, TossCancel, TossFinding } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** As many refunds of one order as any shop has needed; the row must stay small. */
const refundsMax = 100;

export type RefundRequest = Pick<
  Refund,
  "key" | "requestHash" | "reason" | "account"
> & {
  /** Undefined: all that is left. */
  readonly amount: number | undefined;
};

/**
 * Decides whether a refund may be sent to Toss, and stores it before it is. Undefined: this key's refund is stored
 * already. Throws AppError `idempotency_key_reused`, `payment_not_refundable`, `refund_in_progress`,
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
    throw new AppError(
      "invalid",
      "idempotency_key_reused",
      "This Idempotency-Key was used for another refund; send a new key with a new refund",
    );
  }
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
  const idempotencyKey = moment.newId();
  const refund: Refund = {
    ...{ key, requestHash, amount, reason, idempotencyKey },
    mark: `r-${idempotencyKey.slice(-8)}`,
    // Toss takes one for a deposit only
    account: isDeposit ? account : null,
    status: "REQUESTED",
    refundableAmount: kept.balanceAmount,
    cancelsBefore: kept.cancels.map((cancel) => cancel.transactionKey),
    ...{ posts: 1, postsUnderKey: 1, doubtfulRefusal: false },
    ...{ firstPostAt: moment.now, lastPostAt: moment.now },
    asks: 0,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
    failure: null,
  };
  return changed(
    payment,
    { ...paid, refunds: [...paid.refunds, refund] },
    moment,
  );
}

/** Records what came of the call to Toss for the refund under way. */
export function recordRefundAnswer(
  payment: Payment,
  key: string,
  answer: TossAnswer,
  moment: Moment,
): PaymentChange {
  if (answer.kind === "payment")
    return recordRefundDone(payment, key, answer, moment);
  const refund = refundOf(payment, key);
  const failure = { code: answer.code, message: answer.message };
  const isRefused = answer.kind === "declined" || answer.kind === "moved";
  // of a second call this may be said because the first was done
  if (isRefused && refund.posts === 1) {
    const declined: Refund = { ...ended(refund, "DECLINED"), failure };
    const after = withRefund(payment, declined);
    // somebody else has changed what Toss holds: that is asked about now
    return changed(
      payment,
      answer.kind === "moved" ? askedSoon(after, moment) : after,
      moment,
    );
  }
  const answered = answer.kind !== "unknown" || answer.answered;
  // a call under another key was counted by the question before it
  const asks = refund.postsUnderKey > 1 ? refund.asks + 1 : refund.asks;
  const waitMs =
    refund.posts === 1 ? moment.reconcileAfterMs : askAfterMs(asks);
  const next: Refund = {
    ...refund,
    ...{ status: "UNKNOWN", asks },
    failure,
    doubtfulRefusal: isRefused,
    // an answer that Toss would repeat needs another key; what Toss must hold guards against doing it twice
    ...(answered ? { idempotencyKey: moment.newId(), postsUnderKey: 0 } : {}),
    nextAt: plusMs(moment.now, waitMs),
  };
  return changed(payment, withRefund(payment, next), moment);
}

/** Records that Toss has answered the refund by a payment; `finding` is that answer, or what a newer question brought. */
export function recordRefundDone(
  payment: Payment,
  key: string,
  finding: TossFinding,
  moment: Moment,
): PaymentChange {
  const refund = refundOf(payment, key);
  const isShown =
    finding.kind === "payment" && newCancels(refund, finding).length > 0;
  // an old picture: the refund is asked for again, and answered as before
  if (!isShown)
    return changed(payment, withRefund(payment, asked(refund, moment)), moment);
  return pictured(payment, ended(refund, "DONE"), finding, moment);
}

/** Records what a question about the payment brought, for the refund under way. */
export function recordRefundFinding(
  payment: Payment,
  key: string,
  finding: TossFinding,
  moment: Moment,
): PaymentChange {
  const refund = refundOf(payment, key);
  if (finding.kind !== "payment")
    return changed(payment, withRefund(payment, asked(refund, moment)), moment);
  return pictured(payment, explained(refund, finding, moment), finding, moment);
}

/** Stores that the refund goes out once more, under the key that it has by now. */
export function repeatRefund(
  payment: Payment,
  key: string,
  moment: Moment,
): PaymentChange {
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
  const endedAt = plusMs(refund.lastPostAt, moment.callLimitMs + 5_000);
  return refund.status === "REQUESTED" && moment.now >= endedAt;
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
  const paid =
    payment.status === "DONE" || payment.status === "PARTIAL_CANCELED";
  if (!paid) throw notRefundable(orderId, `its payment is ${payment.status}`);
  if (payment.refunds.length >= refundsMax)
    throw notRefundable(orderId, `it has had ${refundsMax} refunds`);
  return payment;
}

function notRefundable(orderId: string, why: string): AppError {
  const message = `Cannot refund order "${orderId}": ${why}`;
  return new AppError("conflict", "payment_not_refundable", message);
}

/** The payment as Toss shows it, with the refund as that picture explains it. */
function pictured(
  payment: Payment,
  refund: Refund,
  finding: Extract<TossFinding, { kind: "payment" }>,
  moment: Moment,
): PaymentChange {
  const base = withRefund(payment, refund);
  const paymentKey = keptOf(payment)?.paymentKey;
  if (paymentKey === undefined) return changed(payment, base, moment);
  return recordFinding(base, paymentKey, finding, moment);
}

/**
 * What a picture says of a refund whose end is open. Toss was told what it must hold: once another one has gone back,
 * this refund can't be made any more.
 */
function explained(
  refund: Refund,
  finding: Extract<TossFinding, { kind: "payment" }>,
  moment: Moment,
): Refund {
  const { cancels } = finding.payment;
  // a picture from before the refund was asked for tells nothing of it
  const isOlder = refund.cancelsBefore.some(
    (before) => !cancels.some((cancel) => cancel.transactionKey === before),
  );
  if (isOlder) return asked(refund, moment);
  const since = newCancels(refund, finding);
  if (since.length === 0) {
    const isOver = moment.now >= plusMs(refund.firstPostAt, settledAfterMs);
    return refund.doubtfulRefusal && isOver
      ? ended(refund, "DECLINED")
      : asked(refund, moment);
  }
  return since.some((cancel) => cancel.mark === refund.mark)
    ? ended(refund, "DONE")
    : { ...ended(refund, "DECLINED"), failure: balanceMoved };
}

function newCancels(
  refund: Refund,
  finding: Extract<TossFinding, { kind: "payment" }>,
): readonly TossCancel[] {
  return finding.payment.cancels.filter(
    (cancel) => !refund.cancelsBefore.includes(cancel.transactionKey),
  );
}

const balanceMoved: PaymentFailure = {
  code: "NOT_MATCHES_REFUNDABLE_AMOUNT",
  message: "잔액 결과가 일치하지 않습니다.",
};

function ended(refund: Refund, status: "DONE" | "DECLINED"): Refund {
  const failure = status === "DONE" ? null : refund.failure;
  return { ...refund, status, failure, doubtfulRefusal: false, nextAt: null };
}

function asked(refund: Refund, moment: Moment): Refund {
  const asks = refund.asks + 1;
  return { ...refund, asks, nextAt: plusMs(moment.now, askAfterMs(asks)) };
}

function askedSoon(payment: Payment, moment: Moment): Payment {
  const paymentKey = keptOf(payment)?.paymentKey;
  if (paymentKey === undefined) return payment;
  const attempt = attemptOf(payment, paymentKey);
  return withAttempt(payment, { ...attempt, asks: 0, nextAt: moment.now });
}

function withRefund<P extends Payment>(payment: P, next: Refund): P {
  const refunds = payment.refunds.map((refund) =>
    refund.key === next.key ? next : refund,
  );
  return { ...payment, refunds };
}
