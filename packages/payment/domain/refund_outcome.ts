import type { Change, PaymentEvent, PaymentFailure } from "@payflow/shared";
import { recordFinding } from "./approval_outcome.ts";
import { askAfterMs, plusMs, settledAfterMs, silenceAfterMs } from "./attempt.ts";
import {
  attemptOf,
  changed,
  keptOf,
  looked,
  recorded,
  withAttempt,
  type Moment,
  type Payment,
} from "./payment.ts";
import { masked, type Refund } from "./refund.ts";
import { refundOf, withRefund } from "./refunding.ts";
import type { TossAnswer, TossCancel, TossFinding } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** Records what came of the call to Toss for the refund under way. */
export function recordRefundAnswer(
  payment: Payment,
  key: string,
  answer: TossAnswer,
  moment: Moment,
): PaymentChange {
  if (answer.kind === "payment") return recordRefundDone(payment, key, answer, moment);
  const refund = refundOf(payment, key);
  const failure = { code: answer.code, message: answer.message };
  const isRefused = answer.kind === "declined" || answer.kind === "moved";
  // of a second call this may be said because the first was done
  if (isRefused && refund.posts === 1) {
    const declined: Refund = { ...ended(refund, "DECLINED"), failure };
    const after = withRefund(payment, declined);
    // somebody else has changed what Toss holds: that is asked about now
    return changed(payment, answer.kind === "moved" ? askedSoon(after, moment) : after, moment);
  }
  const answered = answer.kind !== "unknown" || answer.answered;
  // a call under another key was counted by the question before it
  const asks = refund.postsUnderKey > 1 ? refund.asks + 1 : refund.asks;
  const waitMs = refund.posts === 1 ? moment.reconcileAfterMs : askAfterMs(asks);
  const next: Refund = {
    ...refund,
    status: "UNKNOWN",
    asks,
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
  const isShown = finding.kind === "payment" && newCancels(refund, finding).length > 0;
  // an old picture: the refund is asked for again, and answered as before
  if (!isShown) return looked(payment, withRefund(payment, asked(refund, moment)));
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
  if (finding.kind === "unknown")
    return looked(payment, withRefund(payment, unheard(refund, moment)));
  if (finding.kind === "missing")
    return looked(payment, withRefund(payment, asked(refund, moment)));
  return pictured(payment, explained(refund, finding, moment), finding, moment);
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
  const change = recordFinding(base, paymentKey, finding, moment);
  const isChange = change.state.version > payment.version;
  // nothing new of the payment may still be news of the refund
  return isChange ? change : recorded(payment, change.state, moment);
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
    const isOver = moment.now >= plusMs(refund.lastPostAt, settledAfterMs);
    return refund.doubtfulRefusal && isOver ? ended(refund, "DECLINED") : asked(refund, moment);
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
  const account = refund.account && masked(refund.account);
  return {
    ...refund,
    status,
    failure,
    account,
    doubtfulRefusal: false,
    nextAt: null,
  };
}

/** A question brought nothing new. One that a hint made us ask before it was due takes nothing from what is due. */
function asked(refund: Refund, moment: Moment): Refund {
  if (refund.nextAt !== null && refund.nextAt > moment.now) return refund;
  const asks = refund.asks + 1;
  return { ...refund, asks, nextAt: plusMs(moment.now, askAfterMs(asks)) };
}

/** No answer takes nothing from the schedule. */
function unheard(refund: Refund, { now }: Moment): Refund {
  if (refund.nextAt !== null && refund.nextAt > now) return refund;
  const waitMs = silenceAfterMs(refund.lastPostAt, now);
  return { ...refund, nextAt: plusMs(now, waitMs) };
}

function askedSoon(payment: Payment, moment: Moment): Payment {
  const paymentKey = keptOf(payment)?.paymentKey;
  if (paymentKey === undefined) return payment;
  const attempt = attemptOf(payment, paymentKey);
  return withAttempt(payment, { ...attempt, asks: 0, nextAt: moment.now });
}
