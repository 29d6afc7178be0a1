// A database that lost its last transactions (a failover, a restored backup) holds rows that were true once. What they
// lack is known elsewhere: order knows what it was told, and the PSP knows the money. Here both rebuild a row.
import type { Span, Transaction } from "@payflow/ledger/movements";
import { contradicts, plusMs, sameJson } from "@payflow/shared";
import type { KnownPayment, PaymentSnapshot } from "@payflow/shared";
import { changed, type Decision } from "./change.ts";
import type { Charge } from "./charge.ts";
import { effectOf, isStale } from "./effect.ts";
import { findAttempt, startedAttempt, type Attempt, type Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { requestClose } from "./requests.ts";
import { snapshotOf } from "./snapshot.ts";

/** The span of the PSP's list that has every paymentKey of an order: none was approved, or given an account, outside it. */
export function spanOfOrder(
  payment: Payment,
  { placedAt }: KnownPayment,
  { now, psp }: Moment,
): Span {
  const marginMs = 60_000;
  const overAt = plusMs(payment.expiresAt, psp.confirmWindowMs + marginMs);
  return { from: plusMs(placedAt, -marginMs), to: overAt < now ? overAt : now };
}

/** Every paymentKey of the order that is known by the row or by the PSP's list. */
export function keysOfOrder(payment: Payment, listed: readonly Transaction[]): string[] {
  const ofOrder = listed.filter(({ orderId }) => orderId === payment.orderId);
  return [...new Set([...payment.attempts, ...ofOrder].map(({ paymentKey }) => paymentKey))];
}

/**
 * The row as order's knowledge and all that the PSP shows of the order make it, at a version above the one that order
 * knows, so that order follows. Undefined: the PSP does not show what order knows, which needs manual review.
 */
export function rebuilt(
  payment: Payment,
  known: KnownPayment,
  shown: readonly Charge[],
  moment: Moment,
): Decision {
  const told = known.snapshot;
  let state = told === null ? payment : asTold(payment, told, moment);
  for (const charge of shown.toSorted(byApproval)) {
    const base = told === null ? state : asToldAndShown(state, told, charge);
    const after = withShown(base, charge, moment);
    if (after === "stale") return undefined;
    state = after;
  }
  const version = Math.max(payment.version, told?.paymentVersion ?? 0) + 1;
  const change = changed(payment, state, moment, { version, shown });
  const isClosing = state.closing !== null;
  const isSettled = told === null || isClosing || !contradicts(told, snapshotOf(change.state));
  return isSettled ? change : undefined;
}

/** Whether the PSP shows any money, or account, of the order otherwise than the row does. */
export function bringsNews(payment: Payment, shown: readonly Charge[], moment: Moment): boolean {
  return shown.some((charge) => {
    const after = withShown(payment, charge, moment);
    if (after === "stale" || after === payment) return false;
    const isKnown = findAttempt(payment, charge.paymentKey) !== undefined;
    return !isKnown || !sameJson(snapshotOf(after), snapshotOf(payment));
  });
}

/**
 * Records money, or an account, that the PSP shows by a paymentKey that was never stored here: its attempt was lost.
 * Kept like any other of the order while that can be paid, else sent back. Undefined: there is none, or it is known.
 */
export function learned(payment: Payment, charge: Charge, moment: Moment): Decision {
  if (findAttempt(payment, charge.paymentKey) !== undefined) return undefined;
  const lastAt = plusMs(payment.expiresAt, moment.psp.confirmWindowMs);
  const isTimely = charge.approvedAt !== null && charge.approvedAt <= lastAt;
  // it expired only because it had lost the attempt that paid it
  const base = payment.status === "EXPIRED" && isTimely ? reopenedUnpaid(payment) : payment;
  const state = withShown(base, charge, moment);
  if (state === base || state === "stale") return undefined;
  return changed(payment, state, moment, { shown: [charge] });
}

/** The row with what the PSP shows of one paymentKey; one without money or account leaves no trace. */
function withShown(payment: Payment, charge: Charge, moment: Moment): Payment | "stale" {
  const { paymentKey } = charge;
  if (charge.orderId !== payment.orderId) return payment;
  const known = findAttempt(payment, paymentKey);
  const attempt = known ?? lostAttempt(charge, moment);
  const base = known ? payment : { ...payment, attempts: [...payment.attempts, attempt] };
  if (payment.kept?.paymentKey === paymentKey && isStale(charge, payment.kept)) return "stale";
  return effectOf(base, attempt, charge, moment) ?? payment;
}

function lostAttempt({ paymentKey, approvedAt, secret }: Charge, moment: Moment): Attempt {
  const sentAt = approvedAt ?? moment.now;
  const sent = { firstSentAt: sentAt, lastSentAt: sentAt, nextAt: null };
  return { ...startedAttempt(paymentKey, moment), ...sent, status: "UNKNOWN", secret };
}

/** What the PSP can't tell: whether the order was closed unpaid, so that money for it goes back, or was not. */
function asTold(payment: Payment, told: PaymentSnapshot, moment: Moment): Payment {
  const isClosed = told.status === "CANCELED" || told.status === "EXPIRED";
  if (isClosed && told.approvedAt === null) {
    const isOpen = ["READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT"].includes(payment.status);
    const reason = told.status === "EXPIRED" ? "expired" : "canceled";
    if (!isOpen) return payment;
    return requestClose(payment, reason, moment)?.state ?? payment;
  }
  const wasOpen = !isClosed && told.approvedAt === null && told.virtualAccount === null;
  return wasOpen ? payment : reopenedUnpaid(payment);
}

/** Where order and the PSP agree on what went back, the row is wrong that says more. */
function asToldAndShown(payment: Payment, told: PaymentSnapshot, charge: Charge): Payment {
  const { kept } = payment;
  const wentBack = charge.totalAmount - charge.balanceAmount;
  if (kept?.paymentKey !== charge.paymentKey || told.refundedAmount !== wentBack) return payment;
  const { balanceAmount, taxFreeAmount, cancels } = charge;
  return { ...payment, kept: { ...kept, balanceAmount, taxFreeAmount, cancels } } as Payment;
}

/** A row that was closed unpaid takes its payment after all. */
function reopenedUnpaid(payment: Payment): Payment {
  const isClosed = payment.status === "CANCELED" || payment.status === "EXPIRED";
  return isClosed && payment.kept === null ? { ...payment, status: "READY", kept: null } : payment;
}

/** The first that was approved is the order's, accounts that wait come last. */
function byApproval(a: Charge, b: Charge): number {
  return (a.approvedAt ?? "9") < (b.approvedAt ?? "9") ? -1 : 1;
}
