// The only place where a response of the PSP changes a payment: the response to a confirm, a refund, a cancel or a
// status query. A response that shows the payment applies only to the version loaded before its request was sent.
import { earlier, plusMs, type PaymentFailure } from "@payflow/shared";
import { changed, recorded, type PaymentChange } from "./change.ts";
import type { Answer, Charge, Finding, Refusal } from "./charge.ts";
import { effectOf, isStale, wrongSum } from "./effect.ts";
import {
  answered,
  checked,
  confirmRules,
  failureOf,
  isAnswered,
  isOpen,
  refundRules,
  refusalCounts,
  afterNoResponse,
  type Call,
} from "./operation.ts";
import { accountOverAt, attemptOf, isToCancel, masked, refundOf } from "./payment.ts";
import { reopened, withAttempt, withRefund } from "./payment.ts";
import type { Attempt, Payment, Refund } from "./payment.ts";
import { isNeverKnown, missingMin } from "./plan.ts";
import type { Moment } from "./psp.ts";
import { isRechecked, lastCheckAt } from "./schedule.ts";

/** Records the response to a call that moves money. */
export function recordAnswer(payment: Payment, call: Call, answer: Answer, moment: Moment) {
  if (answer.kind === "payment")
    return recordFinding(payment, call.paymentKey, answer, moment, call);
  return changed(payment, refused(payment, call, answer, moment), moment);
}

/**
 * Records the response to a status query of a paymentKey. `done`: a call that the PSP has answered with a payment;
 * `finding` is that response or a newer one.
 */
export function recordFinding(
  payment: Payment,
  paymentKey: string,
  finding: Finding,
  moment: Moment,
  done?: Call,
): PaymentChange {
  const after = found(payment, paymentKey, finding, { moment, done });
  // a query without a response must not make other responses stale
  if (after === payment && finding.kind === "unknown") return { state: payment, events: [] };
  if (done?.kind !== "cancel") return recorded(payment, after, finding, moment);
  // a cancel that did not end the attempt is scheduled again with back-off, as any other call
  const attempt = attemptOf(after, paymentKey);
  const isToDo = attempt.status === "VOIDING" || attempt.status === "WAITING_FOR_DEPOSIT";
  const next = isToDo ? withAttempt(after, checked(attempt, moment)) : after;
  return recorded(payment, next, finding, moment);
}

function found(
  payment: Payment,
  paymentKey: string,
  finding: Finding,
  { moment, done }: { readonly moment: Moment; readonly done: Call | undefined },
): Payment {
  const attempt = attemptOf(payment, paymentKey);
  const isKept = payment.kept?.paymentKey === paymentKey;
  const refund = isKept ? payment.refunds.find(isOpen) : undefined;
  const withRefunded = (next: (open: Refund) => Refund) =>
    refund ? withRefund(payment, next(refund)) : payment;
  if (finding.kind === "unknown") {
    const silent = withRefunded((open) => afterNoResponse(open, moment));
    return withAttempt(silent, afterNoResponse(attempt, moment));
  }
  const charge = finding.kind === "payment" ? finding.payment : undefined;
  const isOther = charge !== undefined && charge.orderId !== payment.orderId;
  if (isOther && isOpen(attempt)) return declined(payment, attempt, orderMismatch, moment);
  const isUseless = charge === undefined || isOther || (isKept && isStale(charge, payment.kept));
  if (isUseless) {
    const missing = charge === undefined ? attempt.missing + 1 : attempt.missing;
    const base = withRefunded((open) => checked(open, moment));
    return nothingNew(base, { ...attempt, missing }, moment);
  }
  const isDone = done?.kind === "refund" && done.key === refund?.key;
  const base = withRefunded((open) => refundShown(open, charge, { moment, isDone }));
  const after = effectOf(base, attempt, charge, moment);
  if (after !== undefined) return after;
  const isWrong = charge.totalAmount !== payment.amount || charge.currency !== payment.currency;
  // a confirm without a response may still arrive, and a window may take another amount
  const overAt = plusMs(attempt.firstSentAt, moment.psp.confirmWindowMs);
  if (isWrong && isOpen(attempt) && (attempt.unanswered === 0 || moment.now >= overAt))
    return declined(base, attempt, wrongSum, moment);
  if (!isKept && (charge.status === "ABORTED" || charge.status === "EXPIRED")) {
    const failure = charge.failure ?? attempt.failure ?? moment.psp.sessionGone;
    return declined(base, attempt, failure, moment);
  }
  return nothingNew(base, { ...attempt, missing: 0 }, moment);
}

/** The response shows no payment, no approval yet, or only what is known. None of these alone is a refusal. */
function nothingNew(payment: Payment, attempt: Attempt, moment: Moment): Payment {
  const { sessionGone } = moment.psp;
  if (isOpen(attempt) && refusalCounts(attempt, confirmRules, moment))
    return declined(payment, attempt, attempt.failure ?? sessionGone, moment);
  if (isOpen(attempt) && isNeverKnown(payment, attempt, moment))
    return declined(payment, attempt, sessionGone, moment);
  const next = checked(attempt, moment);
  // webhook-triggered queries are not counted
  if (next === attempt) return payment;
  const isEnded = ["DECLINED", "VOIDED", "APPROVED"].includes(attempt.status);
  const isOver = isEnded && !isRechecked(attempt);
  // one response of "no such payment" may be an error of the PSP: the last check is repeated
  const isDoubtful = attempt.missing > 0 && attempt.missing < missingMin;
  const lastAt = lastCheckAt(attempt, moment) ?? (isDoubtful ? next.nextAt : null);
  return withAttempt(payment, isOver ? { ...next, nextAt: lastAt } : next);
}

function declined(
  payment: Payment,
  attempt: Attempt,
  cause: PaymentFailure,
  moment: Moment,
): Payment {
  const failure = failureOf(cause);
  const over = { refusalPending: false, cancel: null, checks: 0, missing: 0 };
  const next = { ...over, failure, nextAt: lastCheckAt(attempt, moment) };
  const base = withAttempt(payment, { ...attempt, ...next, status: "DECLINED" });
  return reopened(base, failure, moment);
}

/** The refund as the response shows it. The call states the balance, so after another cancel ours cannot be made. */
function refundShown(
  refund: Refund,
  charge: Charge,
  { moment, isDone }: { readonly moment: Moment; readonly isDone: boolean },
): Refund {
  const since = charge.cancels.filter((one) => !refund.cancelsBefore.includes(one.transactionKey));
  const isOurs = since.some((cancel) => isDone || cancel.mark === refund.mark);
  if (isOurs) return ended(refund, "DONE");
  const { balanceChanged, checksBalance } = moment.psp;
  if (since.length > 0 && checksBalance)
    return { ...ended(refund, "DECLINED"), failure: balanceChanged };
  return !isDone && refusalCounts(refund, refundRules, moment)
    ? ended(refund, "DECLINED")
    : checked(refund, moment);
}

function ended(refund: Refund, status: "DONE" | "DECLINED"): Refund {
  const failure = status === "DONE" ? null : refund.failure;
  const account = refund.account && masked(refund.account);
  return { ...refund, status, failure, account, refusalPending: false, nextAt: null };
}

/** The payment after a call whose response showed no effect. */
function refused(payment: Payment, call: Call, answer: Refusal, moment: Moment): Payment {
  if (call.kind === "refund") {
    const next = answered(refundOf(payment, call.key), answer, { rules: refundRules, moment });
    if (next.status !== "DECLINED") return withRefund(payment, next);
    const after = withRefund(payment, ended(next, "DECLINED"));
    if (answer.kind !== "moved") return after;
    // another cancel has changed the PSP's balance: query it now
    const attempt = attemptOf(payment, call.paymentKey);
    return withAttempt(after, { ...attempt, checks: 0, nextAt: moment.now });
  }
  const attempt = attemptOf(payment, call.paymentKey);
  if (call.kind === "cancel") return notCanceled(payment, attempt, answer, moment);
  const next = answered(attempt, answer, { rules: confirmRules, moment });
  if (next.status !== "DECLINED") return withAttempt(payment, next);
  const after = declined(payment, attempt, answer, moment);
  const end = attemptOf(after, call.paymentKey);
  // the time of the last check is past: check now
  return end.nextAt === null ? withAttempt(after, { ...end, nextAt: moment.now }) : after;
}

function notCanceled(payment: Payment, attempt: Attempt, answer: Refusal, moment: Moment): Payment {
  const { cancel } = attempt;
  if (cancel === null || !isToCancel(payment, attempt)) return payment;
  const isRefused = answer.kind === "declined";
  const idempotencyKey = isAnswered(answer) ? moment.newId() : cancel.idempotencyKey;
  // the PSP declined the account: another one must be named
  const account = isRefused ? null : cancel.account;
  const next: Attempt = {
    ...checked(attempt, moment),
    failure: failureOf(answer),
    cancel: { ...cancel, idempotencyKey, account, isRefused },
  };
  // a closing account is checked no later than when deposits are over
  const overAt = payment.closing && accountOverAt(payment.kept, moment);
  const isSooner = overAt !== null && overAt > moment.now && next.nextAt !== null;
  return withAttempt(payment, isSooner ? { ...next, nextAt: earlier(next.nextAt, overAt) } : next);
}

const orderMismatch: PaymentFailure = { code: "ORDER_MISMATCH", message: "다른 주문의 결제입니다" };
