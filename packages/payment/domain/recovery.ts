// A database that lost its last transactions (a failover, a backup put back) holds rows that were true once. What they
// lack is known elsewhere: order knows what it was told, and Toss knows the money. Here both rebuild a row.
import {
  contradicts,
  sameJson,
  type Change,
  type KnownPayment,
  type PaymentEvent,
  type PaymentSnapshot,
} from "@payflow/shared";
import { settledAfterMs, plusMs, type Attempt } from "./attempt.ts";
import { closePayment } from "./closing.ts";
import {
  attemptOf,
  changed,
  findAttempt,
  keptOf,
  snapshotOf,
  withAttempt,
  type Moment,
  type Payment,
} from "./payment.ts";
import { applyTossPayment } from "./toss_result.ts";
import type { TossPayment } from "./toss_payment.ts";
import type { TossTransaction } from "./toss_transaction.ts";

/** The span of Toss's list that has every paymentKey of an order: none was approved, or given an account, outside it. */
export function spanOfOrder(
  payment: Payment,
  { placedAt }: KnownPayment,
  now: string,
): { readonly from: string; readonly to: string } {
  const marginMs = 60_000;
  const overAt = plusMs(payment.expiresAt, settledAfterMs + marginMs);
  return { from: plusMs(placedAt, -marginMs), to: overAt < now ? overAt : now };
}

/** Every paymentKey of the order that is known by the row or by Toss's list. */
export function keysOfOrder(payment: Payment, listed: readonly TossTransaction[]): string[] {
  const own = payment.attempts.map(({ paymentKey }) => paymentKey);
  const atToss = listed.flatMap(({ orderId, paymentKey }) =>
    orderId === payment.orderId ? [paymentKey] : [],
  );
  return [...new Set([...own, ...atToss])];
}

/** PostgreSQL's integer, with room for what is still to come. */
const versionMax = 2_000_000_000;

/**
 * The row as order's knowledge and all that Toss shows of the order make it, at a version above the one that order
 * knows, so that order follows. Undefined: Toss does not show what order knows, so only a person can tell which of
 * them is right.
 */
export function rebuilt(
  payment: Payment,
  known: KnownPayment,
  shown: readonly TossPayment[],
  moment: Moment,
): Change<Payment, PaymentEvent> | undefined {
  const told = known.snapshot;
  let state = told === null ? payment : asTold(payment, told, moment);
  for (const toss of shown.toSorted(byApproval)) {
    const base = told === null ? state : asToldAndShown(state, told, toss);
    const after = withShown(base, toss, moment);
    if (after === "older") return undefined;
    state = after;
  }
  const version = Math.max(payment.version, told?.paymentVersion ?? 0) + 1;
  if (version > versionMax) return undefined;
  const change = changed(payment, state, moment, version);
  const isClosing = "closing" in state && state.closing !== null;
  const isSettled = told === null || isClosing || !contradicts(told, snapshotOf(change.state));
  return isSettled ? change : undefined;
}

/** Whether Toss shows any money, or account, of the order otherwise than the row does. */
export function bringsNews(
  payment: Payment,
  shown: readonly TossPayment[],
  moment: Moment,
): boolean {
  return shown.some((toss) => {
    const after = withShown(payment, toss, moment);
    if (after === "older" || after === payment) return false;
    const known = findAttempt(payment, toss.paymentKey) !== undefined;
    return !known || !sameJson(snapshotOf(after), snapshotOf(payment));
  });
}

/**
 * Records money, or an account, that Toss shows by a paymentKey that was never stored here: its attempt was lost. Kept
 * like any other of the order while that can be paid, else sent back. Undefined: there is none, or it is known.
 */
export function learned(
  payment: Payment,
  toss: TossPayment,
  moment: Moment,
): Change<Payment, PaymentEvent> | undefined {
  if (findAttempt(payment, toss.paymentKey) !== undefined) return undefined;
  const isTimely =
    toss.approvedAt !== null && toss.approvedAt <= plusMs(payment.expiresAt, settledAfterMs);
  // it expired only because it had lost the attempt that paid it
  const base = payment.status === "EXPIRED" && isTimely ? reopenedUnpaid(payment) : payment;
  const state = withShown(base, toss, moment);
  return state === base || state === "older" ? undefined : changed(payment, state, moment);
}

/** What Toss shows of one paymentKey, on top of the row; one without money or account leaves no trace. "older": it lacks what the row has. */
function withShown(payment: Payment, toss: TossPayment, moment: Moment): Payment | "older" {
  if (toss.orderId !== payment.orderId) return payment;
  const known = findAttempt(payment, toss.paymentKey);
  const attempt = known ?? lostAttempt(toss, moment);
  const base = known ? payment : { ...payment, attempts: [...payment.attempts, attempt] };
  const applied = applyTossPayment(base, attempt, toss, moment);
  if (applied === "no_approval") return payment;
  if (applied === "older") return "older";
  const after = attemptOf(applied, toss.paymentKey);
  const hasGone = after.status === "VOIDED" && after.voiding === null;
  if (!hasGone || toss.approvedAt === null) return applied;
  // it went back before its attempt was lost
  const voiding = {
    idempotencyKey: attempt.idempotencyKey,
    reason: toss.cancels.at(-1)?.reason ?? "",
    amount: toss.totalAmount,
    needsAccount: false,
    account: null,
  };
  return withAttempt(applied, { ...after, voiding });
}

function lostAttempt(toss: TossPayment, moment: Moment): Attempt {
  const sentAt = toss.approvedAt ?? moment.now;
  return {
    paymentKey: toss.paymentKey,
    status: "UNKNOWN",
    idempotencyKey: moment.newId(),
    posts: 1,
    firstPostAt: sentAt,
    lastPostAt: sentAt,
    missing: 0,
    asks: 0,
    nextAt: null,
    failure: null,
    doubtfulRefusal: false,
    secret: toss.secret,
    voiding: null,
  };
}

/** What Toss can't tell: whether the order was closed unpaid, so that money for it goes back, or was not. */
function asTold(payment: Payment, told: PaymentSnapshot, moment: Moment): Payment {
  const isClosed = told.status === "CANCELED" || told.status === "EXPIRED";
  if (isClosed && told.approvedAt === null) {
    const isOpen = ["READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT"].includes(payment.status);
    const reason = told.status === "EXPIRED" ? "expired" : "canceled";
    if (!isOpen) return payment;
    return closePayment(payment, reason, moment)?.state ?? payment;
  }
  return isClosed || told.approvedAt !== null || told.virtualAccount !== null
    ? reopenedUnpaid(payment)
    : payment;
}

/** Where order and Toss agree on what went back, the row is wrong that says more. */
function asToldAndShown(payment: Payment, told: PaymentSnapshot, toss: TossPayment): Payment {
  const kept = keptOf(payment);
  const wentBack = toss.totalAmount - toss.balanceAmount;
  if (kept?.paymentKey !== toss.paymentKey || told.refundedAmount !== wentBack) return payment;
  const { balanceAmount, cancels } = toss;
  return { ...payment, kept: { ...kept, balanceAmount, cancels } } as Payment;
}

/** A row that was closed unpaid takes its payment after all. */
function reopenedUnpaid(payment: Payment): Payment {
  const isClosed = payment.status === "CANCELED" || payment.status === "EXPIRED";
  if (!isClosed || keptOf(payment) !== null) return payment;
  const { status: _, kept: __, ...rest } = payment;
  return { ...rest, status: "READY" };
}

/** The first that was approved is the order's, accounts that wait come last. */
function byApproval(a: TossPayment, b: TossPayment): number {
  return (a.approvedAt ?? "9") < (b.approvedAt ?? "9") ? -1 : 1;
}
