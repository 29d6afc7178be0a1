import { AppError, sameJson, unreachable, type Change, type PaymentEvent } from "@payflow/shared";
import { askAfterMs, earlier, lacksAccount, plusMs, type Attempt } from "./attempt.ts";
import { recordFinding } from "./approval_outcome.ts";
import {
  attemptOf,
  changed,
  keptOf,
  withAttempt,
  type ClosedPayment,
  type CloseReason,
  type Moment,
  type Payment,
} from "./payment.ts";
import { accountOverAt, isAccountOver } from "./toss_result.ts";
import { masked, type RefundAccount } from "./refund.ts";
import type { TossAnswer, TossFinding } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/**
 * Closes an unpaid order. An open one is closed at once, and what Toss still approves for it goes back; a waiting
 * account must be cancelled at Toss first, since a deposit may be faster. Undefined: closed already.
 * Throws AppError `order_not_cancelable` when it is paid.
 */
export function closePayment(
  payment: Payment,
  reason: CloseReason,
  moment: Moment,
): PaymentChange | undefined {
  switch (payment.status) {
    case "READY":
    case "IN_PROGRESS":
      return changed(payment, closed(payment, reason), moment);
    case "WAITING_FOR_DEPOSIT": {
      if (payment.closing !== null) return undefined;
      const attempt = attemptOf(payment, payment.kept.paymentKey);
      const closing = { reason, idempotencyKey: moment.newId() };
      return changed(
        payment,
        { ...withAttempt(payment, { ...attempt, asks: 0, nextAt: moment.now }), closing },
        moment,
      );
    }
    case "CANCELED":
    case "EXPIRED":
      if (payment.kept?.approvedAt == null) return undefined;
      throw notCancelable(payment);
    case "DONE":
    case "PARTIAL_CANCELED":
      throw notCancelable(payment);
    default:
      return unreachable(payment);
  }
}

/** True when the order's own time is over and nothing is under way that could still pay it. */
export function isExpired(payment: Payment, now: string): boolean {
  return payment.status === "READY" && now >= payment.expiresAt;
}

/** True when a waiting account that nobody closes yet is past its last moment and the grace for deposits on the way. */
export function isDepositOverdue(payment: Payment, now: string): boolean {
  return (
    payment.status === "WAITING_FOR_DEPOSIT" &&
    payment.closing === null &&
    isAccountOver(payment.kept, now)
  );
}

/** Records what came of a full cancel at Toss: of an account that closes, or of an approval that goes back. */
export function recordCancelAnswer(
  payment: Payment,
  paymentKey: string,
  answer: TossAnswer,
  moment: Moment,
): PaymentChange {
  if (answer.kind === "payment") return recordFinding(payment, paymentKey, answer, moment);
  const attempt = attemptOf(payment, paymentKey);
  // a hint made us cancel before it was due: that takes nothing from what is due
  const isEarly = attempt.nextAt !== null && attempt.nextAt > moment.now;
  const asks = isEarly ? attempt.asks : attempt.asks + 1;
  const nextAt = isEarly ? attempt.nextAt : plusMs(moment.now, askAfterMs(asks));
  // an answer that Toss would repeat under the same key calls for another key; a missing one for the same
  const answered = answer.kind !== "unknown" || answer.answered;
  const refused: Attempt = {
    ...attempt,
    asks,
    nextAt,
    failure: { code: answer.code, message: answer.message },
    doubtfulRefusal: answer.kind === "declined",
    voiding:
      attempt.voiding && answered
        ? {
            ...attempt.voiding,
            idempotencyKey: moment.newId(),
            // an account that Toss refuses is asked for again
            account: answer.kind === "declined" ? null : attempt.voiding.account,
          }
        : attempt.voiding,
  };
  const after = withAttempt(payment, refused);
  if (after.status !== "WAITING_FOR_DEPOSIT" || after.closing === null)
    return changed(payment, after, moment);
  const idempotencyKey = answered ? moment.newId() : after.closing.idempotencyKey;
  const closing = { ...after.closing, idempotencyKey };
  // looked at when nobody can pay in any more, at the latest
  const overAt = accountOverAt(after.kept);
  const soonest = overAt === null || overAt <= moment.now ? nextAt : earlier(nextAt, overAt);
  const watched = withAttempt(after, { ...refused, nextAt: soonest });
  return changed(payment, { ...watched, closing }, moment);
}

/**
 * Records that Toss has answered a repeated cancel by a payment; `finding` is what a newer question brought. When it is
 * an old picture, all of it is due again later, as after any other call.
 */
export function recordCancelDone(
  payment: Payment,
  paymentKey: string,
  finding: TossFinding,
  moment: Moment,
): PaymentChange {
  const change = recordFinding(payment, paymentKey, finding, moment);
  const after = attemptOf(change.state, paymentKey);
  const isToDo = after.status === "VOIDING" || after.status === "WAITING_FOR_DEPOSIT";
  const isDue = after.nextAt !== null && after.nextAt <= moment.now;
  if (!isToDo || !isDue) return change;
  const asks = after.asks + 1;
  const nextAt = plusMs(moment.now, askAfterMs(asks));
  const later: Attempt = { ...after, asks, nextAt };
  return { ...change, state: withAttempt(change.state, later) };
}

/** The attempt whose deposit waits, or has waited, for this account to go back to. */
export function depositFor(payment: Payment, account: RefundAccount): Attempt | undefined {
  const kept = keptOf(payment);
  // one that went back may be kept, by the attempt that returned it; any other is money that the order was paid with
  const isPaid = kept?.approvedAt != null && attemptOf(payment, kept.paymentKey).voiding === null;
  if (isPaid) return undefined;
  return payment.attempts.find(
    (attempt) =>
      lacksAccount(attempt) ||
      sameJson(attempt.voiding?.account, account) ||
      sameJson(attempt.voiding?.account, masked(account)),
  );
}

/**
 * Stores to which account a deposit for a closed order goes back; it is sent at once.
 * Throws AppError `refund_account_not_needed` when nothing waits for one.
 */
export function provideRefundAccount(
  payment: Payment,
  account: RefundAccount,
  moment: Moment,
): PaymentChange {
  const attempt = payment.attempts.find(lacksAccount);
  if (attempt?.voiding == null) {
    throw new AppError(
      "conflict",
      "refund_account_not_needed",
      `Nothing of order "${payment.orderId}" waits for an account`,
    );
  }
  const voiding = { ...attempt.voiding, account, idempotencyKey: moment.newId() };
  const next: Attempt = { ...attempt, voiding, asks: 0, nextAt: moment.now };
  return changed(payment, withAttempt(payment, next), moment);
}

function closed(
  payment: Extract<Payment, { status: "READY" | "IN_PROGRESS" }>,
  reason: CloseReason,
): ClosedPayment {
  const { status: _, ...rest } = payment;
  return { ...rest, status: reason === "expired" ? "EXPIRED" : "CANCELED", kept: null };
}

function notCancelable(payment: Payment): AppError {
  return new AppError(
    "conflict",
    "order_not_cancelable",
    `Cannot cancel order "${payment.orderId}": it is paid; a refund returns the money`,
  );
}
