import type { PaymentFailure } from "@payflow/shared";
import {
  askAfterMs,
  lacksAccount,
  plusMs,
  settledAfterMs,
  type Attempt,
  type Voiding,
} from "./attempt.ts";
import {
  keptOf,
  reopened,
  withAttempt,
  type Kept,
  type Moment,
  type Payment,
} from "./payment.ts";
import type { TossPayment } from "./toss_payment.ts";

/** Waiting accounts are asked about this often besides Toss's webhook, and five minutes after their last moment. */
const depositPollMs = 60 * 60_000;
export const depositGraceMs = 5 * 60_000;

/**
 * The one place where what Toss says becomes what PayFlow says: for confirm's answer, questions, webhooks and
 * cancels alike. The first approval or account of an open order is kept; any other goes back.
 * "no_approval": Toss holds nothing by it. "older": it misses cancels that are known, so it is an old picture.
 */
export function applyTossPayment(
  payment: Payment,
  known: Attempt,
  toss: TossPayment,
  moment: Moment,
): Payment | "no_approval" | "older" {
  if (["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"].includes(toss.status))
    return "no_approval";
  const attempt = { ...known, secret: toss.secret ?? known.secret };
  const kept = keptOf(payment);
  const isKept = kept?.paymentKey === attempt.paymentKey;
  if (isKept && isOlder(toss, kept)) return "older";
  const right =
    toss.totalAmount === payment.amount && toss.currency === payment.currency;
  const open = payment.status === "READY" || payment.status === "IN_PROGRESS";
  if (right && (open || (isKept && !isRevived(payment, kept, toss))))
    return keep(payment, attempt, toss, moment);
  if (
    toss.balanceAmount === 0 ||
    (toss.status === "CANCELED" && toss.approvedAt === null)
  ) {
    const voided: Attempt = {
      ...attempt,
      status: "VOIDED",
      failure: null,
      nextAt: null,
    };
    return reopened(withAttempt(payment, voided), wrongSum, moment.now);
  }
  // of an open order only a wrong sum goes back, and the right one may still be paid
  const returning = sendBack(payment, attempt, toss, moment);
  return reopened(returning, wrongSum, moment.now);
}

const wrongSum: PaymentFailure = {
  code: "AMOUNT_MISMATCH",
  message: "결제 금액이 주문과 다릅니다",
};

/** The intent to return what Toss holds by an attempt that can't be kept. */
function sendBack(
  payment: Payment,
  attempt: Attempt,
  toss: TossPayment,
  moment: Moment,
): Payment {
  const needsAccount =
    toss.virtualAccount !== null && toss.status !== "WAITING_FOR_DEPOSIT";
  const voiding: Voiding = {
    idempotencyKey: attempt.voiding?.idempotencyKey ?? moment.newId(),
    reason: attempt.voiding?.reason ?? reasonToReturn(payment, attempt, toss),
    amount: toss.approvedAt === null ? 0 : toss.totalAmount,
    account: attempt.voiding?.account ?? null,
    needsAccount,
  };
  const next: Attempt = { ...attempt, status: "VOIDING", voiding };
  if (lacksAccount(next))
    return withAttempt(payment, {
      ...next,
      nextAt: plusMs(moment.now, depositPollMs),
    });
  // one that went back has nothing due: should it be there again, by an old picture or not, it is looked at
  if (attempt.voiding !== null && attempt.nextAt !== null)
    return withAttempt(payment, next);
  return withAttempt(payment, { ...next, asks: 0, nextAt: moment.now });
}

function reasonToReturn(
  payment: Payment,
  attempt: Attempt,
  toss: TossPayment,
): string {
  if (toss.totalAmount !== payment.amount) return wrongSum.message;
  const kept = keptOf(payment);
  return kept !== null && kept.paymentKey !== attempt.paymentKey
    ? "이미 결제된 주문입니다"
    : "취소되었거나 만료된 주문입니다";
}

function keep(
  payment: Payment,
  attempt: Attempt,
  toss: TossPayment,
  moment: Moment,
): Payment {
  const {
    orderId,
    orderName,
    amount,
    currency,
    expiresAt,
    version,
    createdAt,
    refunds,
  } = payment;
  const kept = keptFrom(toss);
  const waiting = toss.status === "WAITING_FOR_DEPOSIT";
  const closing =
    waiting && payment.status === "WAITING_FOR_DEPOSIT"
      ? payment.closing
      : null;
  const heard = { ...attempt, failure: null, doubtfulRefusal: false };
  const doubts = waiting ? doubtsOf(payment, attempt) : 0;
  const ended: Attempt = waiting
    ? closing === null
      ? {
          ...heard,
          status: "WAITING_FOR_DEPOSIT",
          asks: doubts,
          nextAt:
            doubts === 0
              ? nextDepositPoll(kept, moment.now)
              : plusMs(moment.now, askAfterMs(doubts - 1) ?? depositPollMs),
        }
      : { ...heard, status: "WAITING_FOR_DEPOSIT" }
    : {
        ...heard,
        status: "APPROVED",
        asks: 0,
        nextAt: nextCheck(attempt, moment.now),
      };
  const attempts = withAttempt(payment, ended).attempts;
  const base = {
    orderId,
    orderName,
    amount,
    currency,
    expiresAt,
    version,
    createdAt,
    attempts,
    refunds,
    failure: null,
  };
  if (waiting) return { ...base, status: "WAITING_FOR_DEPOSIT", kept, closing };
  if (toss.balanceAmount === 0 || toss.status === "CANCELED") {
    const expired =
      payment.status === "EXPIRED" ||
      (payment.status === "WAITING_FOR_DEPOSIT" &&
        payment.closing?.reason === "expired");
    return {
      ...base,
      status: expired && kept.approvedAt === null ? "EXPIRED" : "CANCELED",
      kept,
    };
  }
  return {
    ...base,
    status: toss.balanceAmount < toss.totalAmount ? "PARTIAL_CANCELED" : "DONE",
    kept,
  };
}

function keptFrom(toss: TossPayment): Kept {
  const {
    paymentKey,
    method,
    approvedAt,
    balanceAmount,
    receiptUrl,
    virtualAccount,
    cancels,
  } = toss;
  return {
    paymentKey,
    method,
    approvedAt,
    balanceAmount,
    receiptUrl,
    virtualAccount,
    cancels,
  };
}

/** A closed account into which money has come after all. */
function isRevived(payment: Payment, kept: Kept, toss: TossPayment): boolean {
  const closedUnpaid =
    (payment.status === "CANCELED" || payment.status === "EXPIRED") &&
    kept.approvedAt === null;
  return closedUnpaid && toss.status !== "CANCELED";
}

function isOlder(toss: TossPayment, kept: Kept): boolean {
  if (kept.approvedAt !== null && toss.approvedAt !== null) {
    if (toss.balanceAmount > kept.balanceAmount) return true;
  }
  const said = new Set(toss.cancels.map((cancel) => cancel.transactionKey));
  return kept.cancels.some((cancel) => !said.has(cancel.transactionKey));
}

/** So many pictures in a row must show that a deposit is gone before it counts as taken back for good. */
const doubtsMax = 5;

/** Money that was there and is not: perhaps an old picture, or several, so it is asked about soon and again. */
function doubtsOf(payment: Payment, attempt: Attempt): number {
  if (keptOf(payment)?.approvedAt != null) return 1;
  const doubted = attempt.status === "WAITING_FOR_DEPOSIT" ? attempt.asks : 0;
  return doubted === 0 || doubted >= doubtsMax ? 0 : doubted + 1;
}

function nextDepositPoll(kept: Kept, now: string): string {
  const pollAt = plusMs(now, depositPollMs);
  const dueAt =
    kept.virtualAccount && plusMs(kept.virtualAccount.dueAt, depositGraceMs);
  return dueAt !== null && dueAt > now && dueAt < pollAt ? dueAt : pollAt;
}

/** Every attempt is asked about once more when nothing sent before can change it any longer. */
function nextCheck(attempt: Attempt, now: string): string | null {
  const checkAt = plusMs(attempt.firstPostAt, settledAfterMs);
  return now < checkAt ? checkAt : null;
}
