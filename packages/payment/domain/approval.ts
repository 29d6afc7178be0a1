import {
  AppError,
  type Change,
  type PaymentEvent,
  type PaymentFailure,
} from "@payflow/shared";
import {
  askAfterMs,
  isOpen,
  plusMs,
  refusalCounts,
  settledAfterMs,
  type Attempt,
} from "./attempt.ts";
import {
  attemptOf,
  changed,
  findAttempt,
  keptOf,
  notPayable,
  reopened,
  withAttempt,
  type Moment,
  type Payment,
} from "./payment.ts";
import { applyTossPayment } from "./toss_result.ts";
import type { TossAnswer, TossFinding } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** An order with this many failed attempts is somebody trying keys, not somebody paying. */
const attemptsMax = 50;

/**
 * Decides whether a paymentKey may be sent to Toss, and stores it before it is. Undefined: it is stored already, and
 * what became of it is the answer. Throws AppError `amount_mismatch`, `order_already_paid`, `order_not_payable`,
 * `payment_in_progress` or `too_many_attempts`.
 */
export function requestApproval(
  payment: Payment,
  command: { readonly paymentKey: string; readonly amount: number },
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
  refuseUnlessPayable(payment, moment.now);
  const attempt: Attempt = {
    paymentKey,
    status: "REQUESTED",
    idempotencyKey: moment.newId(),
    posts: 1,
    firstPostAt: moment.now,
    lastPostAt: moment.now,
    asks: 0,
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
  return (
    attempt.status === "REQUESTED" &&
    moment.now >= plusMs(attempt.lastPostAt, moment.callLimitMs + 5_000)
  );
}

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
        return changed(
          payment,
          decline(payment, attempt, answer, moment),
          moment,
        );
      return stillOpen(
        payment,
        { ...attempt, doubtfulRefusal: true, failure: failureOf(answer) },
        moment,
      );
    case "session_gone":
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
      return stillOpen(
        payment,
        { ...attempt, idempotencyKey, failure: failureOf(answer) },
        moment,
      );
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
  if (finding.kind === "unknown")
    return asked(payment, attempt, moment, { answered: false });
  if (
    finding.kind === "payment" &&
    finding.payment.orderId === payment.orderId
  ) {
    const applied = applyTossPayment(payment, attempt, finding.payment, moment);
    if (applied === "older")
      return asked(payment, attempt, moment, { answered: false });
    if (applied !== "no_approval") return changed(payment, applied, moment);
    const { status } = finding.payment;
    const isKept = keptOf(payment)?.paymentKey === paymentKey;
    if (!isKept && (status === "ABORTED" || status === "EXPIRED")) {
      const failure = finding.payment.failure ?? attempt.failure ?? notFound;
      return changed(
        payment,
        decline(payment, attempt, failure, moment),
        moment,
      );
    }
  }
  // not there, another order's, or not approved yet: never a "no" by itself
  if (isOpen(attempt) && refusalCounts(attempt, moment.now)) {
    return changed(
      payment,
      decline(payment, attempt, attempt.failure ?? notFound, moment),
      moment,
    );
  }
  return asked(payment, attempt, moment, { answered: true });
}

const notFound: PaymentFailure = {
  code: "NOT_FOUND_PAYMENT_SESSION",
  message: "결제 시간이 만료되었습니다.",
};

function refuseUnlessPayable(payment: Payment, now: string): void {
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
      if (payment.attempts.length >= attemptsMax) {
        throw new AppError(
          "too_many",
          "too_many_attempts",
          `Order "${payment.orderId}" has had ${attemptsMax} attempts`,
        );
      }
  }
}

function mayHoldMoney(attempt: Attempt): boolean {
  return isOpen(attempt) || attempt.status === "VOIDING";
}

function inProgress(payment: Payment): AppError {
  const message = `Another payment of order "${payment.orderId}" is under way; its outcome decides`;
  return new AppError("conflict", "payment_in_progress", message, {
    retryAfterSeconds: 5,
  });
}

function stillOpen(
  payment: Payment,
  attempt: Attempt,
  moment: Moment,
): PaymentChange {
  const waitMs =
    attempt.posts === 1 ? moment.reconcileAfterMs : askAfterMs(attempt.asks);
  const next: Attempt = {
    ...attempt,
    status: "UNKNOWN",
    nextAt: plusMs(moment.now, waitMs),
  };
  return changed(payment, withAttempt(payment, next), moment);
}

/**
 * A question brought nothing new. An attempt that has ended needs no other one, if this one was answered. A hint, which
 * anybody may send, makes us ask before it is due: that takes nothing from what is due.
 */
function asked(
  payment: Payment,
  attempt: Attempt,
  moment: Moment,
  { answered }: { answered: boolean },
): PaymentChange {
  const isEarly = attempt.nextAt !== null && attempt.nextAt > moment.now;
  if (isEarly && answered) return changed(payment, payment, moment);
  if (isEarly) {
    // the hint is used up, but what it was about has yet to be heard
    const nextAt = earlier(attempt.nextAt, plusMs(moment.now, askAfterMs(0)));
    return changed(
      payment,
      withAttempt(payment, { ...attempt, nextAt }),
      moment,
    );
  }
  const ended = ["DECLINED", "VOIDED", "APPROVED"].includes(attempt.status);
  const asks = attempt.asks + 1;
  const nextAt =
    ended && answered ? null : plusMs(moment.now, askAfterMs(asks));
  return changed(
    payment,
    withAttempt(payment, { ...attempt, asks, nextAt }),
    moment,
  );
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function decline(
  payment: Payment,
  attempt: Attempt,
  failure: PaymentFailure,
  moment: Moment,
): Payment {
  const recheckAt = plusMs(attempt.firstPostAt, settledAfterMs);
  const ended: Attempt = {
    ...attempt,
    status: "DECLINED",
    failure: failureOf(failure),
    doubtfulRefusal: false,
    voiding: null,
    asks: 0,
    nextAt: moment.now < recheckAt ? recheckAt : null,
  };
  const failed = failureOf(failure);
  return reopened(withAttempt(payment, ended), failed, moment.now);
}

function failureOf({ code, message }: PaymentFailure): PaymentFailure {
  return { code, message };
}
