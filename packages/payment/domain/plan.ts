// What is due next for a payment: the close of what is out of time, a query, a call, or nothing.
import { plusMs, sameJson } from "@payflow/shared";
import { looked, type Decision } from "./change.ts";
import { isCallOver, isKeyKept, isOpen, mayResend } from "./operation.ts";
import type { Call, Operation } from "./operation.ts";
import { attemptOf, findAttempt, isAccountOver, isToCancel, refundOf } from "./payment.ts";
import type { Attempt, Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";

/** A query, a call, or both: then the call is sent only once the query was answered and `maySend` says so. */
type Step = {
  readonly paymentKey: string;
  readonly queryFirst: boolean;
  readonly call?: Call;
};

/** What is due at the PSP. Undefined: nothing. A confirm is repeated only after a query has shown no approval. */
export function nextStep(payment: Payment, moment: Moment): Step | undefined {
  const isDue = ({ nextAt }: { readonly nextAt: string | null }) =>
    nextAt !== null && nextAt <= moment.now;
  const refund = payment.refunds.find((one) => isOpen(one) && isDue(one));
  // before its attempt: one query tells of both, and takes what is due for both
  if (refund && payment.kept) {
    const { paymentKey } = payment.kept;
    const call: Call = { kind: "refund", paymentKey, key: refund.key };
    // the same call brings the response that is missing, whatever was done
    const queryFirst = !(mayResend(refund, moment) && isKeyKept(refund, moment));
    return { paymentKey, call, queryFirst };
  }
  const attempt = payment.attempts.find(isDue);
  if (attempt === undefined) return undefined;
  const { paymentKey } = attempt;
  const isFirstReturn = attempt.status === "VOIDING" && attempt.checks === 0;
  if (isToCancel(payment, attempt))
    return { paymentKey, call: { kind: "cancel", paymentKey }, queryFirst: !isFirstReturn };
  if (!isOpen(attempt)) return { paymentKey, queryFirst: true };
  return { paymentKey, call: { kind: "confirm", paymentKey }, queryFirst: true };
}

/** Whether a call that is due may go out, given that what has been recorded is all that the PSP shows. */
export function maySend(payment: Payment, call: Call, moment: Moment): boolean {
  if (call.kind === "refund") {
    const refund = refundOf(payment, call.key);
    const { now, psp } = moment;
    // nothing but time makes sure that an earlier call is not done as well, where neither key nor balance does
    const isGuarded = psp.checksBalance || isKeyKept(refund, moment);
    const isSafe = isGuarded || now >= plusMs(refund.lastSentAt, psp.confirmWindowMs);
    return isOpen(refund) && isSafe && mayResend(refund, moment);
  }
  const attempt = attemptOf(payment, call.paymentKey);
  if (call.kind === "cancel") return isToCancel(payment, attempt);
  // a closed order, or one past its time, needs no approval any more: its attempts are only queried
  const isPayable = payment.status === "IN_PROGRESS" && !isWindowOver(attempt, payment, moment);
  return isPayable && mayResend(attempt, moment);
}

/**
 * True when an order is to be closed: its own time is over and nothing is under way that could still pay it, or its
 * account, which nobody closes yet, is past its last moment and the grace for deposits on the way.
 */
export function isOverdue(payment: Payment, moment: Moment): boolean {
  if (payment.status === "READY") return moment.now >= payment.expiresAt;
  const isWaiting = payment.status === "WAITING_FOR_DEPOSIT" && payment.closing === null;
  return isWaiting && isAccountOver(payment.kept, moment);
}

/** False when the outcome of a call is known by now, so that its response brings nothing. */
export function isAwaited(payment: Payment, call: Call): boolean {
  if (call.kind === "refund") return isOpen(refundOf(payment, call.key));
  const attempt = attemptOf(payment, call.paymentKey);
  return call.kind === "confirm" ? isOpen(attempt) : isToCancel(payment, attempt);
}

/** True when nothing that was sent for it can be approved any more, and the order could not take it either. */
function isWindowOver(attempt: Attempt, payment: Payment, { now, psp }: Moment): boolean {
  return now >= payment.expiresAt && now >= plusMs(attempt.firstSentAt, psp.confirmWindowMs);
}

/** What is about to be due is not moved: a call may be under way. */
const soonMs = 5_000;

/**
 * Makes due at once what the PSP has yet to end; with `isAll`, also what it holds for the order, however soon it is due.
 * Undefined: there is nothing to move.
 */
export function woken(payment: Payment, now: string, isAll = false): Decision {
  const soon = plusMs(now, isAll ? 0 : soonMs);
  const due = <O extends Operation>(op: O, isToEnd: boolean): O => {
    const isLater = op.nextAt === null ? isAll : op.nextAt > soon;
    return isToEnd && isLater ? { ...op, nextAt: now } : op;
  };
  const attempts = payment.attempts.map((attempt) => {
    const isHeld = ["APPROVED", "WAITING_FOR_DEPOSIT", "VOIDING"].includes(attempt.status);
    return due(attempt, isOpen(attempt) || isToCancel(payment, attempt) || (isAll && isHeld));
  });
  const refunds = payment.refunds.map((refund) => due(refund, isOpen(refund)));
  const after = { ...payment, attempts, refunds };
  return sameJson(payment, after) ? undefined : looked(payment, after);
}

/** True for a paymentKey of which the PSP may have something to tell, so that a webhook about it is worth a query. */
export function isWorthQuery(payment: Payment, paymentKey: string): boolean {
  const attempt = findAttempt(payment, paymentKey);
  // one that was never stored may be of an attempt that was lost, and into an abandoned account money may still come
  const isOver = attempt?.nextAt === null && !attempt.isAbandoned;
  return payment.kept?.paymentKey === paymentKey || !isOver;
}

/** One response of "no such payment" may be an error of the PSP's; so many in a row, when nothing sent can count, are none. */
const missingMin = 2;

/** True for a paymentKey that the PSP never had, once the order's time and the PSP's window for a confirm are over. */
export function isNeverKnown(payment: Payment, attempt: Attempt, moment: Moment): boolean {
  const isOver = isWindowOver(attempt, payment, moment) && isCallOver(attempt, moment);
  return isOver && attempt.missing >= missingMin;
}
