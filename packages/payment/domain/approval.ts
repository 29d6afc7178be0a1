import { AppError, type Change, type PaymentEvent } from "@payflow/shared";
import { isCallOver, isOpen, plusMs, type Attempt } from "./attempt.ts";
import {
  attemptOf,
  changed,
  findAttempt,
  notPayable,
  withAttempt,
  type Moment,
  type Payment,
} from "./payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** An order with this many attempts is somebody trying keys, not somebody paying. */
const attemptsMax = 50;
/**
 * Whoever knows an order's id can use those up with made-up keys; so many more are for the session that placed it, for
 * who has its link, and for the merchant.
 */
const ownAttemptsMax = 2 * attemptsMax;

/**
 * Decides whether a paymentKey may be sent to Toss, and stores it before it is. Undefined: it is stored already, and
 * what became of it is the answer. Throws AppError `amount_mismatch`, `order_already_paid`, `order_not_payable`,
 * `payment_in_progress` or `too_many_attempts`.
 */
export function requestApproval(
  payment: Payment,
  command: {
    readonly paymentKey: string;
    readonly amount: number;
    /** The order's own shopper or the merchant. */
    readonly isPrivy?: boolean;
  },
  moment: Moment,
): PaymentChange | undefined {
  const { paymentKey, amount } = command;
  if (amount !== payment.amount) {
    throw new AppError(
      "invalid",
      "amount_mismatch",
      `Cannot confirm payment of order "${payment.orderId}": amount is ${amount} but the order asks for ${payment.amount}`,
    );
  }
  if (findAttempt(payment, paymentKey)) return undefined;
  const most = command.isPrivy ? ownAttemptsMax : attemptsMax;
  refuseUnlessPayable(payment, most, moment.now);
  const attempt: Attempt = {
    paymentKey,
    status: "REQUESTED",
    idempotencyKey: moment.newId(),
    posts: 1,
    firstPostAt: moment.now,
    lastPostAt: moment.now,
    asks: 0,
    missing: 0,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
    failure: null,
    doubtfulRefusal: false,
    secret: null,
    voiding: null,
  };
  const { status: _, ...open } = payment;
  const after: Payment = {
    ...open,
    status: "IN_PROGRESS",
    failure: null,
    attempts: [...payment.attempts, attempt],
  };
  return changed(payment, after, moment);
}

/** Stores that a confirm goes out once more, under the key that the attempt has by now. */
export function repeatApproval(
  payment: Payment,
  paymentKey: string,
  moment: Moment,
): PaymentChange {
  const attempt = attemptOf(payment, paymentKey);
  const next: Attempt = {
    ...attempt,
    status: "REQUESTED",
    posts: attempt.posts + 1,
    lastPostAt: moment.now,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
  };
  return changed(payment, withAttempt(payment, next), moment);
}

/** True when a question has shown no approval and no earlier confirm can still be under way. */
export function mayRepeatApproval(attempt: Attempt, moment: Moment): boolean {
  if (attempt.doubtfulRefusal) return false;
  if (attempt.status === "UNKNOWN") return true;
  // a process may have died in the middle of the call: wait until the call must have ended
  return attempt.status === "REQUESTED" && isCallOver(attempt, moment);
}

function refuseUnlessPayable(payment: Payment, attemptsMost: number, now: string): void {
  switch (payment.status) {
    case "DONE":
    case "PARTIAL_CANCELED":
      throw new AppError(
        "conflict",
        "order_already_paid",
        `Order "${payment.orderId}" has been paid already`,
      );
    case "CANCELED":
    case "EXPIRED":
      throw notPayable(payment, `it is ${payment.status}`);
    case "WAITING_FOR_DEPOSIT":
      throw inProgress(payment);
    case "READY":
    case "IN_PROGRESS":
      // also while money is on its way back: the shopper would be charged twice meanwhile
      if (payment.attempts.some(mayHoldMoney)) throw inProgress(payment);
      if (now >= payment.expiresAt)
        throw notPayable(payment, `its time ended at ${payment.expiresAt}`);
      if (payment.attempts.length >= attemptsMost) {
        throw new AppError(
          "too_many",
          "too_many_attempts",
          `Order "${payment.orderId}" has had ${payment.attempts.length} attempts`,
        );
      }
  }
}

function mayHoldMoney(attempt: Attempt): boolean {
  return isOpen(attempt) || attempt.status === "VOIDING";
}

function inProgress(payment: Payment): AppError {
  const message = `Another payment of order "${payment.orderId}" is under way; its outcome decides`;
  return new AppError("conflict", "payment_in_progress", message, { retryAfterSeconds: 5 });
}
