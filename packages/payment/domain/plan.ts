// Decides what is due next for a payment: its expiry, a query, a call, or nothing.
import { plusMs, sameJson } from "@payflow/shared";
import { rescheduled, type Decision } from "./change.ts";
import { isCallOver, isKeyKept, isOpen, mayResend } from "./operation.ts";
import type { Call, Operation } from "./operation.ts";
import { attemptOf, findAttempt, isAccountOver, isToCancel, refundOf } from "./payment.ts";
import type { Attempt, Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";

/** A query, a call, or both. With both, the call is sent only if the query was answered and `maySend` allows it. */
type Step = { readonly paymentKey: string; readonly queryFirst: boolean; readonly call?: Call };

/** The next step that is due; undefined: none. A confirm is resent only after a query has shown no approval. */
export function nextStep(payment: Payment, moment: Moment): Step | undefined {
  const isDue = ({ nextAt }: { readonly nextAt: string | null }) =>
    nextAt !== null && nextAt <= moment.now;
  const refund = payment.refunds.find((one) => isOpen(one) && isDue(one));
  // before its attempt: one query serves both
  if (refund && payment.kept) {
    const { paymentKey } = payment.kept;
    const call: Call = { kind: "refund", paymentKey, key: refund.key };
    // a resend under a known key gets the missing response, so it needs no query
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

/** True if a due call may be sent, given that everything that the PSP shows has been recorded. */
export function maySend(payment: Payment, call: Call, moment: Moment): boolean {
  if (call.kind === "refund") {
    const refund = refundOf(payment, call.key);
    const { now, psp } = moment;
    // without a guard by key or balance, only time makes sure that an earlier call does not take effect as well
    const isGuarded = psp.checksBalance || isKeyKept(refund, moment);
    const isSafe = isGuarded || now >= plusMs(refund.lastSentAt, psp.confirmWindowMs);
    return isOpen(refund) && isSafe && mayResend(refund, moment);
  }
  const attempt = attemptOf(payment, call.paymentKey);
  if (call.kind === "cancel") return isToCancel(payment, attempt);
  // a closed or expired order needs no approval: its attempts are only queried
  const isPayable = payment.status === "IN_PROGRESS" && !isWindowOver(attempt, payment, moment);
  return isPayable && mayResend(attempt, moment);
}

/**
 * True when an order must be closed: its time is over and no attempt is open, or its account is past its due time plus
 * the grace for late deposits and is not being closed yet.
 */
export function isOverdue(payment: Payment, moment: Moment): boolean {
  if (payment.status === "READY") return moment.now >= payment.expiresAt;
  const isWaiting = payment.status === "WAITING_FOR_DEPOSIT" && payment.closing === null;
  return isWaiting && isAccountOver(payment.kept, moment);
}

/** True while the outcome of a call is open, so that its response matters. */
export function isAwaited(payment: Payment, call: Call): boolean {
  if (call.kind === "refund") return isOpen(refundOf(payment, call.key));
  const attempt = attemptOf(payment, call.paymentKey);
  return call.kind === "confirm" ? isOpen(attempt) : isToCancel(payment, attempt);
}

/** True when no confirm that was sent can be approved any more, and the order has expired. */
function isWindowOver(attempt: Attempt, payment: Payment, { now, psp }: Moment): boolean {
  return now >= payment.expiresAt && now >= plusMs(attempt.firstSentAt, psp.confirmWindowMs);
}

/** An operation that is due within this time is not moved: a call may be under way. */
const soonMs = 5_000;

/**
 * Makes every open operation due now; with `isAll`, also approvals and accounts of the order, and what is due soon
 * anyway. Undefined: there is nothing to move.
 */
export function woken(payment: Payment, now: string, isAll = false): Decision {
  const soon = plusMs(now, isAll ? 0 : soonMs);
  const due = <O extends Operation>(op: O, isToEnd: boolean): O => {
    const isLater = op.nextAt === null ? isAll : op.nextAt > soon;
    return isToEnd && isLater ? { ...op, nextAt: now } : op;
  };
  const attempts = payment.attempts.map((attempt) => {
    const isHeld = ["APPROVED", "WAITING_FOR_DEPOSIT", "VOIDING"].includes(attempt.status);
    const isOfAll = isAll && (isHeld || attempt.payout !== null);
    return due(attempt, isOpen(attempt) || isToCancel(payment, attempt) || isOfAll);
  });
  const refunds = payment.refunds.map((refund) => due(refund, isOpen(refund)));
  const after = { ...payment, attempts, refunds };
  return sameJson(payment, after) ? undefined : rescheduled(payment, after);
}

type Shown = Readonly<Record<"paymentKey" | "cancelKey", string | null> & { showsPaid: boolean }>;

/**
 * True for a webhook that shows the recorded approval and nothing else: any later change has a webhook of its own. A
 * deposit can be reversed and made again, so its webhooks always cause a query.
 */
export function isKnown({ kept }: Payment, { paymentKey, cancelKey, showsPaid }: Shown): boolean {
  const isApproved = kept !== null && kept.approvedAt !== null && kept.virtualAccount === null;
  return isApproved && kept.paymentKey === paymentKey && showsPaid && cancelKey === null;
}

/** True for a paymentKey that may have changed at the PSP, so that a webhook about it is worth a query. */
export function shouldQuery(payment: Payment, paymentKey: string): boolean {
  const attempt = findAttempt(payment, paymentKey);
  // an unknown key may belong to a lost attempt, and an abandoned account may still receive a deposit
  const isOver = attempt?.nextAt === null && !attempt.isAbandoned;
  return payment.kept?.paymentKey === paymentKey || !isOver;
}

/** One "no such payment" may be an error of the PSP; this many in a row, after the confirm window, are reliable. */
export const missingMin = 2;

/** True for a paymentKey that the PSP never had. Known only after the order's expiry and the PSP's confirm window. */
export function isNeverKnown(payment: Payment, attempt: Attempt, moment: Moment): boolean {
  const isOver = isWindowOver(attempt, payment, moment) && isCallOver(attempt, moment);
  return isOver && attempt.missing >= missingMin;
}
