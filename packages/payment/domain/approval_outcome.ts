import type { Change, PaymentEvent, PaymentFailure } from "@payflow/shared";
import {
  askAfterMs,
  earlier,
  isCallOver,
  isOpen,
  isWindowOver,
  plusMs,
  refusalCounts,
  silenceAfterMs,
  type Attempt,
} from "./attempt.ts";
import {
  attemptOf,
  changed,
  keptOf,
  looked,
  recorded,
  reopened,
  withAttempt,
  type Moment,
  type Payment,
} from "./payment.ts";
import { applyTossPayment, nextCheck, wrongSum } from "./toss_result.ts";
import type { TossAnswer, TossFinding, TossPayment } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** Records what came of a confirm. */
export function recordConfirmAnswer(
  payment: Payment,
  paymentKey: string,
  answer: TossAnswer,
  moment: Moment,
): PaymentChange {
  const attempt = attemptOf(payment, paymentKey);
  switch (answer.kind) {
    case "payment":
      return recordFinding(payment, paymentKey, answer, moment);
    case "declined":
      if (attempt.posts === 1)
        return changed(payment, decline(payment, attempt, answer, moment), moment);
      return stillOpen(
        payment,
        { ...attempt, doubtfulRefusal: true, failure: failureOf(answer) },
        moment,
      );
    case "session_gone":
    case "refused":
      return stillOpen(
        payment,
        { ...attempt, doubtfulRefusal: true, failure: failureOf(answer) },
        moment,
      );
    case "moved":
    case "misconfigured":
    case "unknown": {
      const answered = answer.kind !== "unknown" || answer.answered;
      const idempotencyKey = answered ? moment.newId() : attempt.idempotencyKey;
      return stillOpen(payment, { ...attempt, idempotencyKey, failure: failureOf(answer) }, moment);
    }
  }
}

/** Records what a question about a paymentKey brought. It may be applied only to the version that was loaded before asking. */
export function recordFinding(
  payment: Payment,
  paymentKey: string,
  finding: TossFinding,
  moment: Moment,
): PaymentChange {
  const attempt = attemptOf(payment, paymentKey);
  if (finding.kind === "unknown") return asked(payment, attempt, moment, "silence");
  if (finding.kind === "payment") {
    const mismatch = mismatchOf(payment, finding.payment);
    if (mismatch === orderMismatch)
      return isOpen(attempt)
        ? changed(payment, decline(payment, attempt, mismatch, moment), moment)
        : asked(payment, attempt, moment, "answered");
    const applied = applyTossPayment(payment, attempt, finding.payment, moment);
    if (applied === "older") return asked(payment, attempt, moment, "old");
    if (applied !== "no_approval") return recorded(payment, applied, moment);
    const { status } = finding.payment;
    if (mismatch !== undefined && isOpen(attempt))
      return changed(payment, decline(payment, attempt, mismatch, moment), moment);
    const isKept = keptOf(payment)?.paymentKey === paymentKey;
    if (!isKept && (status === "ABORTED" || status === "EXPIRED")) {
      const failure = finding.payment.failure ?? attempt.failure ?? notFound;
      return changed(payment, decline(payment, attempt, failure, moment), moment);
    }
  }
  // not there, or not approved yet: never a "no" by itself
  const missing = finding.kind === "missing" ? attempt.missing + 1 : 0;
  const known: Attempt = { ...attempt, missing };
  if (isOpen(known) && refusalCounts(known, moment.now)) {
    const failure = known.failure ?? notFound;
    return changed(payment, decline(payment, known, failure, moment), moment);
  }
  if (isOpen(known) && isUnknownToToss(payment, known, moment))
    return changed(payment, decline(payment, known, notFound, moment), moment);
  return asked(payment, known, moment, "answered");
}

/**
 * Why a payment that has no approval can never be approved for this order: its window was opened for another order, or
 * for another sum, and Toss approves by a confirm nothing else than what its window was opened for.
 */
function mismatchOf(payment: Payment, toss: TossPayment): PaymentFailure | undefined {
  if (toss.orderId !== payment.orderId) return orderMismatch;
  return toss.totalAmount !== payment.amount || toss.currency !== payment.currency
    ? wrongSum
    : undefined;
}

/** One answer of "no such payment" may be an error of Toss's; so many in a row, when nothing sent can count, are none. */
const missingMin = 2;

/** True for a paymentKey that Toss never had, once the order's time and Toss's own window for a confirm are over. */
function isUnknownToToss(payment: Payment, attempt: Attempt, moment: Moment): boolean {
  return (
    attempt.missing >= missingMin &&
    isWindowOver(attempt, payment, moment.now) &&
    isCallOver(attempt, moment)
  );
}

const orderMismatch: PaymentFailure = { code: "ORDER_MISMATCH", message: "다른 주문의 결제입니다" };

const notFound: PaymentFailure = {
  code: "NOT_FOUND_PAYMENT_SESSION",
  message: "결제 시간이 만료되었습니다.",
};

function stillOpen(payment: Payment, attempt: Attempt, moment: Moment): PaymentChange {
  const waitMs = attempt.posts === 1 ? moment.reconcileAfterMs : askAfterMs(attempt.asks);
  const next: Attempt = { ...attempt, status: "UNKNOWN", nextAt: plusMs(moment.now, waitMs) };
  return changed(payment, withAttempt(payment, next), moment);
}

/**
 * A query brought nothing new. An attempt that has ended needs no other one, if this one was answered. Anybody can make
 * us ask before it is due, by a webhook: that takes nothing from what is due.
 */
function asked(
  payment: Payment,
  attempt: Attempt,
  moment: Moment,
  heard: "answered" | "old" | "silence",
): PaymentChange {
  const { now } = moment;
  const known = attemptOf(payment, attempt.paymentKey);
  const at = (nextAt: string | null, asks = known.asks) =>
    looked(payment, withAttempt(payment, { ...attempt, asks, nextAt }));
  if (known.nextAt !== null && known.nextAt > now) {
    if (heard === "answered") return looked(payment, payment);
    // what made us ask has yet to be heard
    const soon = earlier(known.nextAt, plusMs(now, askAfterMs(0)));
    return soon === known.nextAt ? { state: payment, events: [] } : at(soon);
  }
  if (heard === "silence") return at(plusMs(now, silenceAfterMs(known.lastPostAt, now)));
  const asks = known.asks + 1;
  const ended = ["DECLINED", "VOIDED", "APPROVED"].includes(known.status);
  return ended && heard === "answered"
    ? at(nextCheck(known, now), asks)
    : at(plusMs(now, askAfterMs(asks)), asks);
}

function decline(
  payment: Payment,
  attempt: Attempt,
  failure: PaymentFailure,
  moment: Moment,
): Payment {
  const ended: Attempt = {
    ...attempt,
    status: "DECLINED",
    failure: failureOf(failure),
    doubtfulRefusal: false,
    voiding: null,
    asks: 0,
    missing: 0,
    nextAt: nextCheck(attempt, moment.now),
  };
  const failed = failureOf(failure);
  return reopened(withAttempt(payment, ended), failed, moment.now);
}

function failureOf({ code, message }: PaymentFailure): PaymentFailure {
  return { code, message };
}
