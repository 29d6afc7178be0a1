import type { PaymentFailure } from "@payflow/shared";
import {
  askAfterMs,
  earlier,
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
  type ClosedPayment,
  type Kept,
  type Moment,
  type Payment,
} from "./payment.ts";
import { isMasked, masked, type RefundAccount } from "./refund.ts";
import type { TossPayment } from "./toss_payment.ts";

/** Waiting accounts are asked about this often besides Toss's webhook, and five minutes after their last moment. */
const depositPollMs = 60 * 60_000;
const depositGraceMs = 5 * 60_000;

type Account = Pick<Kept, "virtualAccount">;

/** When an account is past its last moment and the grace for deposits on the way; null for what is no account. */
export function accountOverAt({ virtualAccount }: Account): string | null {
  return virtualAccount && plusMs(virtualAccount.dueAt, depositGraceMs);
}

export function isAccountOver(account: Account, now: string): boolean {
  const overAt = accountOverAt(account);
  return overAt !== null && now >= overAt;
}

/**
 * True for an account that Toss will not cancel and into which nobody can pay any more. A deposit that comes all the
 * same is found like any other, and goes back.
 */
function isLeft(attempt: Attempt, toss: TossPayment, now: string): boolean {
  return (
    toss.status === "WAITING_FOR_DEPOSIT" &&
    attempt.doubtfulRefusal &&
    // money has been seen in it: then this is an old picture, or it was taken back, and a cancel tells
    attempt.voiding?.needsAccount !== true &&
    isAccountOver(toss, now)
  );
}

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
  const kept = keptOf(payment);
  const isKept = kept?.paymentKey === known.paymentKey;
  if (payment.status === "WAITING_FOR_DEPOSIT" && isKept && kept !== null) {
    if (toss.status === "EXPIRED" && isAccountOver(kept, moment.now))
      return leave(payment, known, kept);
  }
  if (["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"].includes(toss.status)) return "no_approval";
  const attempt = { ...known, secret: toss.secret ?? known.secret };
  if (isKept && isOlder(toss, kept)) return "older";
  const right = toss.totalAmount === payment.amount && toss.currency === payment.currency;
  const open = payment.status === "READY" || payment.status === "IN_PROGRESS";
  if (right && (open || (isKept && !isRevived(payment, kept, toss))))
    return keep(payment, attempt, toss, moment);
  const isGone =
    toss.balanceAmount === 0 || (toss.status === "CANCELED" && toss.approvedAt === null);
  if (isGone || isLeft(attempt, toss, moment.now)) {
    const voided: Attempt = {
      ...attempt,
      status: "VOIDED",
      failure: null,
      nextAt: null,
      voiding: attempt.voiding && withoutAccount(attempt.voiding),
      // still there, though nobody can pay into it
      doubtfulRefusal: !isGone,
    };
    return reopened(withAttempt(payment, voided), wrongSum, moment.now);
  }
  // of an open order only a wrong sum goes back, and the right one may still be paid
  const returning = sendBack(payment, attempt, toss, moment);
  return reopened(returning, wrongSum, moment.now);
}

export const wrongSum: PaymentFailure = {
  code: "AMOUNT_MISMATCH",
  message: "결제 금액이 주문과 다릅니다",
};

/** The intent to return what Toss holds by an attempt that can't be kept. */
function sendBack(payment: Payment, attempt: Attempt, toss: TossPayment, moment: Moment): Payment {
  const needsAccount = toss.virtualAccount !== null && toss.status !== "WAITING_FOR_DEPOSIT";
  const voiding: Voiding = {
    idempotencyKey: attempt.voiding?.idempotencyKey ?? moment.newId(),
    reason: attempt.voiding?.reason ?? reasonToReturn(payment, attempt, toss),
    // of another currency nothing is counted in won
    amount: toss.approvedAt === null || toss.currency !== payment.currency ? 0 : toss.totalAmount,
    account: accountToUse(attempt.voiding),
    needsAccount,
  };
  const next: Attempt = { ...attempt, status: "VOIDING", voiding, doubtfulRefusal: false };
  if (lacksAccount(next))
    return withAttempt(payment, { ...next, nextAt: plusMs(moment.now, depositPollMs) });
  // one that went back has nothing due: should it be there again, by an old picture or not, it is looked at
  if (attempt.voiding !== null && attempt.nextAt !== null) return withAttempt(payment, next);
  return withAttempt(payment, { ...next, asks: 0, nextAt: moment.now });
}

/** The shopper is asked again when money that had gone back is there once more: the account was not the right one. */
function accountToUse(voiding: Voiding | null): RefundAccount | null {
  const account = voiding?.account ?? null;
  return account !== null && isMasked(account) ? null : account;
}

function withoutAccount(voiding: Voiding): Voiding {
  return { ...voiding, account: voiding.account && masked(voiding.account) };
}

function reasonToReturn(payment: Payment, attempt: Attempt, toss: TossPayment): string {
  if (toss.totalAmount !== payment.amount) return wrongSum.message;
  const kept = keptOf(payment);
  return kept !== null && kept.paymentKey !== attempt.paymentKey
    ? "이미 결제된 주문입니다"
    : "취소되었거나 만료된 주문입니다";
}

function keep(payment: Payment, attempt: Attempt, toss: TossPayment, moment: Moment): Payment {
  const kept = keptFrom(toss);
  const heard = { ...attempt, failure: null, doubtfulRefusal: false };
  if (toss.status === "WAITING_FOR_DEPOSIT") {
    const told = { heard, kept, isLeft: isLeft(attempt, toss, moment.now) };
    return keepWaiting(payment, told, moment);
  }
  const isReturned = toss.balanceAmount === 0 || toss.status === "CANCELED";
  const { voiding } = heard;
  const approved: Attempt = {
    ...heard,
    status: "APPROVED",
    asks: 0,
    voiding: isReturned && voiding ? withoutAccount(voiding) : voiding,
    nextAt: nextCheck(attempt, moment.now),
  };
  const base = baseOf(payment, approved);
  if (isReturned) {
    const expired =
      payment.status === "EXPIRED" ||
      (payment.status === "WAITING_FOR_DEPOSIT" && payment.closing?.reason === "expired");
    return { ...base, status: expired && kept.approvedAt === null ? "EXPIRED" : "CANCELED", kept };
  }
  return {
    ...base,
    status: toss.balanceAmount < toss.totalAmount ? "PARTIAL_CANCELED" : "DONE",
    kept,
  };
}

function keepWaiting(
  payment: Payment,
  told: {
    readonly heard: Attempt;
    readonly kept: Kept;
    readonly isLeft: boolean;
  },
  { now }: Moment,
): Payment {
  const { heard, kept } = told;
  const status = "WAITING_FOR_DEPOSIT";
  const closing = payment.status === status ? payment.closing : null;
  if (closing === null) {
    const doubts = doubtsOf(payment, heard);
    const nextAt = doubts === 0 ? nextDepositPoll(kept, now) : plusMs(now, askAfterMs(doubts - 1));
    const polled: Attempt = { ...heard, status, asks: doubts, nextAt };
    return { ...baseOf(payment, polled), status, kept, closing };
  }
  if (!told.isLeft) return { ...baseOf(payment, { ...heard, status }), status, kept, closing };
  return leave(payment, heard, kept);
}

/** An account into which nobody can pay any more ends here, though it is still there at Toss. */
function leave(payment: Payment, attempt: Attempt, kept: Kept): ClosedPayment {
  const reason = payment.status === "WAITING_FOR_DEPOSIT" ? payment.closing?.reason : null;
  const left: Attempt = {
    ...attempt,
    status: "VOIDED",
    failure: null,
    nextAt: null,
    doubtfulRefusal: true,
  };
  return {
    ...baseOf(payment, left),
    status: reason === "canceled" ? "CANCELED" : "EXPIRED",
    kept,
  };
}

/** What every state has, after an attempt brought something. */
function baseOf(payment: Payment, attempt: Attempt) {
  const { orderId, orderName, amount, currency, expiresAt } = payment;
  const { version, looks, createdAt, refunds } = payment;
  const { attempts } = withAttempt(payment, attempt);
  return {
    orderId,
    orderName,
    amount,
    currency,
    expiresAt,
    version,
    looks,
    createdAt,
    attempts,
    refunds,
    failure: null,
  };
}

function keptFrom(toss: TossPayment): Kept {
  const { paymentKey, method, approvedAt, balanceAmount, receiptUrl, virtualAccount, cancels } =
    toss;
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
    (payment.status === "CANCELED" || payment.status === "EXPIRED") && kept.approvedAt === null;
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
  const overAt = accountOverAt(kept);
  return overAt !== null && overAt > now ? earlier(overAt, pollAt) : pollAt;
}

/** Every attempt is asked about once more when nothing sent before can change it any longer. */
export function nextCheck(attempt: Attempt, now: string): string | null {
  const checkAt = plusMs(attempt.firstPostAt, settledAfterMs);
  return now < checkAt ? checkAt : null;
}
