// A database that lost its last transactions (failover, restored backup) holds stale rows. The lost changes are known
// elsewhere: order has the last snapshot it received, and the PSP has the money. Both are used to rebuild a row.
import type { Transaction } from "@payflow/ledger/movements";
import { contradicts, isClosed, plusMs, sameJson } from "@payflow/shared";
import type { KnownPayment, PaymentSnapshot } from "@payflow/shared";
import { changed, type Decision } from "./change.ts";
import type { Charge } from "./charge.ts";
import { effectOf, isStale } from "./effect.ts";
import { findAttempt, startedAttempt, type Attempt, type Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { requestClose } from "./requests.ts";
import { snapshotOf } from "./snapshot.ts";

/** The time span of the PSP's list that contains every approval and every account of an order. */
export function spanOfOrder(payment: Payment, { placedAt }: KnownPayment, { now, psp }: Moment) {
  const marginMs = 60_000;
  const overAt = plusMs(payment.expiresAt, psp.confirmWindowMs + marginMs);
  return { from: plusMs(placedAt, -marginMs), to: overAt < now ? overAt : now };
}

/** Every paymentKey of the order in the row or in the PSP's list. */
export function keysOfOrder(payment: Payment, listed: readonly Transaction[]): string[] {
  const ofOrder = listed.filter(({ orderId }) => orderId === payment.orderId);
  return [...new Set([...payment.attempts, ...ofOrder].map(({ paymentKey }) => paymentKey))];
}

/**
 * The row rebuilt from order's snapshot and from everything that the PSP shows. Its version is above the one that order
 * knows, so that order accepts it. Undefined: the PSP does not show what order knows, which needs manual review.
 */
export function rebuilt(
  payment: Payment,
  known: KnownPayment,
  shown: readonly Charge[],
  moment: Moment,
): Decision {
  const seen = known.snapshot;
  let state = seen === null ? payment : withOrderStatus(payment, seen, moment);
  for (const charge of shown.toSorted(byApproval)) {
    const base = seen === null ? state : withAgreedBalance(state, seen, charge);
    const after = withShown(base, charge, moment);
    if (after === "stale") return undefined;
    state = after;
  }
  const version = Math.max(payment.version, seen?.paymentVersion ?? 0) + 1;
  const change = changed(payment, state, moment, { version, shown });
  const isClosing = state.closing !== null;
  const isSettled = seen === null || isClosing || !contradicts(seen, snapshotOf(change.state));
  return isSettled ? change : undefined;
}

/** True when the PSP shows an approval or an account of the order that the row lacks, or has in another state. */
export function bringsNews(payment: Payment, shown: readonly Charge[], moment: Moment): boolean {
  return shown.some((charge) => {
    const after = withShown(payment, charge, moment);
    if (after === "stale" || after === payment) return false;
    const isKnown = findAttempt(payment, charge.paymentKey) !== undefined;
    return !isKnown || !sameJson(snapshotOf(after), snapshotOf(payment));
  });
}

/**
 * Records a charge of a paymentKey that was never stored: the database lost its attempt. It is kept if the order can
 * still be paid, otherwise returned. Undefined: the charge holds nothing, or is known.
 */
export function learned(payment: Payment, charge: Charge, moment: Moment): Decision {
  if (findAttempt(payment, charge.paymentKey) !== undefined) return undefined;
  const lastAt = plusMs(payment.expiresAt, moment.psp.confirmWindowMs);
  const isTimely = charge.approvedAt !== null && charge.approvedAt <= lastAt;
  // it expired only because the database had lost the attempt that paid for it
  const base = payment.status === "EXPIRED" && isTimely ? reopenedUnpaid(payment) : payment;
  const state = withShown(base, charge, moment);
  if (state === base || state === "stale") return undefined;
  return changed(payment, state, moment, { shown: [charge] });
}

/** The row with one charge applied; a charge without money or account changes nothing. */
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

/** Applies what only order knows: whether the order was closed unpaid, so that its money must be returned. */
function withOrderStatus(payment: Payment, seen: PaymentSnapshot, moment: Moment): Payment {
  if (isClosed(seen) && seen.approvedAt === null) {
    const isOpen = ["READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT"].includes(payment.status);
    const reason = seen.status === "EXPIRED" ? "expired" : "canceled";
    if (!isOpen) return payment;
    return requestClose(payment, reason, moment)?.state ?? payment;
  }
  const wasOpen = !isClosed(seen) && seen.approvedAt === null && seen.virtualAccount === null;
  return wasOpen ? payment : reopenedUnpaid(payment);
}

/** If order and the PSP agree on the refunded amount, the row takes the PSP's balance, even if it has more refunds. */
function withAgreedBalance(payment: Payment, seen: PaymentSnapshot, charge: Charge): Payment {
  const { kept } = payment;
  const wentBack = charge.totalAmount - charge.balanceAmount;
  if (kept?.paymentKey !== charge.paymentKey || seen.refundedAmount !== wentBack) return payment;
  const { balanceAmount, taxFreeAmount, cancels } = charge;
  return { ...payment, kept: { ...kept, balanceAmount, taxFreeAmount, cancels } } as Payment;
}

/** Reopens a row that was closed unpaid, so that it can take its payment. */
function reopenedUnpaid(payment: Payment): Payment {
  return isClosed(payment) && payment.kept === null
    ? { ...payment, status: "READY", kept: null }
    : payment;
}

/** Oldest approval first, because it pays for the order; waiting accounts last. */
function byApproval(a: Charge, b: Charge): number {
  return (a.approvedAt ?? "9") < (b.approvedAt ?? "9") ? -1 : 1;
}
