import {
  AppError,
  sameJson,
  sumWon,
  unreachable,
  type Change,
  type OrderFacts,
  type PaymentEvent,
  type PaymentEventType,
  type PaymentFailure,
  type PaymentSnapshot,
  type PaymentView,
  type VirtualAccount,
} from "@payflow/shared";
import { isOpen, lacksAccount, plusMs, type Attempt } from "./attempt.ts";
import { isOpenRefund, type Refund } from "./refund.ts";
import type { TossCancel } from "./toss_payment.ts";

type PaymentBase = OrderFacts & {
  /** 0 until it has been saved. */
  readonly version: number;
  /** Queries that brought nothing new. A change, as a version does, stands only on the count it was decided on. */
  readonly looks: number;
  readonly createdAt: string;
  /** Every paymentKey that was ever sent to Toss for this order, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Why the last attempt ended without money. */
  readonly failure: PaymentFailure | null;
  /** Every refund that the merchant asked for, oldest first; at most one is open. */
  readonly refunds: readonly Refund[];
};

/** What Toss holds for this order: the one approval, or the one account, that was kept. */
export type Kept = {
  readonly paymentKey: string;
  readonly method: string | null;
  readonly approvedAt: string | null;
  readonly balanceAmount: number;
  readonly receiptUrl: string | null;
  readonly virtualAccount: VirtualAccount | null;
  /** With their marks, by which a refund is known again. */
  readonly cancels: readonly TossCancel[];
};

export type CloseReason = "canceled" | "expired";

/** Open: can be paid. Held: Toss has an account or money for it. Closed: never again; money that still comes goes back. */
export type OpenPayment = PaymentBase & {
  readonly status: "READY" | "IN_PROGRESS";
};
export type WaitingPayment = PaymentBase & {
  readonly status: "WAITING_FOR_DEPOSIT";
  readonly kept: Kept;
  /** The account is being cancelled at Toss first; until that is sure, a deposit wins. */
  readonly closing: {
    readonly reason: CloseReason;
    readonly idempotencyKey: string;
  } | null;
};
export type PaidPayment = PaymentBase & {
  readonly status: "DONE" | "PARTIAL_CANCELED";
  readonly kept: Kept;
};
export type ClosedPayment = PaymentBase & {
  readonly status: "CANCELED" | "EXPIRED";
  readonly kept: Kept | null;
};
export type Payment = OpenPayment | WaitingPayment | PaidPayment | ClosedPayment;

/** The moment of a decision: time and ids come in, so that the domain stays pure. */
export type Moment = {
  readonly now: string;
  readonly newId: () => string;
  /** An attempt whose answer did not come is asked about after this long. */
  readonly reconcileAfterMs: number;
  /** The longest that a call to Toss may still be under way. */
  readonly callLimitMs: number;
};

/** A payment that nobody has heard of yet; the first change saves it. */
export function openPayment(facts: OrderFacts, now: string): OpenPayment {
  const { orderId, orderName, amount, currency, expiresAt } = facts;
  return {
    status: "READY",
    orderId,
    orderName,
    amount,
    currency,
    expiresAt,
    version: 0,
    looks: 0,
    createdAt: now,
    attempts: [],
    failure: null,
    refunds: [],
  };
}

/** The next version, and the event for what others can see of it. */
export function changed(
  before: Payment,
  after: Payment,
  moment: Moment,
  version = before.version + 1,
): Change<Payment, PaymentEvent> {
  const state = { ...after, version, looks: before.looks };
  const eventType = announcement(before, state);
  if (eventType === undefined) return { state, events: [] };
  const event = {
    eventId: moment.newId(),
    eventType,
    occurredOn: moment.now,
    ...snapshotOf(state),
  };
  return { state, events: [event] };
}

/**
 * The payment after a query that brought nothing new: only what is due may have moved. It makes no version and no
 * event, since anybody can cause such queries; but answers that were asked for before it are stale by it.
 */
export function looked(before: Payment, after: Payment): Change<Payment, PaymentEvent> {
  return { state: { ...after, looks: before.looks + 1 }, events: [] };
}

/** What a query brought: a change, or nothing new. */
export function recorded(
  before: Payment,
  after: Payment,
  moment: Moment,
): Change<Payment, PaymentEvent> {
  return sameJson(withoutSchedule(before), withoutSchedule(after))
    ? looked(before, after)
    : changed(before, after, moment);
}

function withoutSchedule(payment: Payment): unknown {
  const { version: _, looks: __, attempts, refunds, ...rest } = payment;
  return {
    ...rest,
    attempts: attempts.map(({ asks: ___, missing: ____, nextAt: _____, ...known }) => known),
    refunds: refunds.map(({ asks: ___, nextAt: ____, ...known }) => known),
  };
}

/** What is about to be due is not moved: a call may be under way. */
const soonMs = 5_000;

/** Makes due at once what Toss has yet to end. Undefined: there is nothing, or it is due soon. */
export function woken(payment: Payment, now: string): Change<Payment, PaymentEvent> | undefined {
  const closing = payment.status === "WAITING_FOR_DEPOSIT" && payment.closing;
  const isToEnd = (attempt: Attempt) =>
    isOpen(attempt) ||
    (attempt.status === "VOIDING" && !lacksAccount(attempt)) ||
    (closing && attempt.paymentKey === payment.kept.paymentKey);
  const soon = plusMs(now, soonMs);
  const isLater = ({ nextAt }: { readonly nextAt: string | null }) =>
    nextAt !== null && nextAt > soon;
  const attempts = payment.attempts.map((attempt) =>
    isLater(attempt) && isToEnd(attempt) ? { ...attempt, nextAt: now } : attempt,
  );
  const refunds = payment.refunds.map((refund) =>
    isLater(refund) && isOpenRefund(refund) ? { ...refund, nextAt: now } : refund,
  );
  const isMoved = [...attempts, ...refunds].some(
    (end, index) => end !== [...payment.attempts, ...payment.refunds][index],
  );
  return isMoved ? looked(payment, { ...payment, attempts, refunds }) : undefined;
}

/** True for a paymentKey of which Toss may have something to tell, so that whoever asks about it may be heard. */
export function isWorthAsking(payment: Payment, attempt: Attempt): boolean {
  const isKept = keptOf(payment)?.paymentKey === attempt.paymentKey;
  // into an account that Toss would not cancel money may still come
  const isLeft = attempt.status === "VOIDED" && attempt.doubtfulRefusal;
  return isKept || isLeft || attempt.nextAt !== null;
}

/** A message that changed nothing: saved all the same, so that "nothing to do" is checked as well. */
export function unchanged(payment: Payment, moment: Moment): Change<Payment, PaymentEvent> {
  return changed(payment, payment, moment);
}

export function keptOf(payment: Payment): Kept | null {
  return "kept" in payment ? payment.kept : null;
}

export function findAttempt(payment: Payment, paymentKey: string): Attempt | undefined {
  return payment.attempts.find((attempt) => attempt.paymentKey === paymentKey);
}

/** Throws an Error for a paymentKey that was never stored: only stored ones are sent, asked about or answered. */
export function attemptOf(payment: Payment, paymentKey: string): Attempt {
  const attempt = findAttempt(payment, paymentKey);
  if (attempt === undefined)
    throw new Error(`Payment "${payment.orderId}" has no attempt "${paymentKey}"`);
  return attempt;
}

export function withAttempt<P extends Payment>(payment: P, next: Attempt): P {
  const attempts = payment.attempts.map((attempt) =>
    attempt.paymentKey === next.paymentKey ? next : attempt,
  );
  return { ...payment, attempts };
}

/** When no attempt of an open order is under way any more: it can be paid again, unless its time is over. */
export function reopened(payment: Payment, failure: PaymentFailure, now: string): Payment {
  if (payment.status !== "IN_PROGRESS" || payment.attempts.some(isOpen)) return payment;
  const { status: _, ...rest } = payment;
  if (now >= rest.expiresAt) return { ...rest, status: "EXPIRED", kept: null, failure };
  return { ...rest, status: "READY", failure };
}

/** When the payment is due to be looked at again; null: never. */
export function nextAtOf(payment: Payment): string | null {
  const times = [...payment.attempts, ...payment.refunds].flatMap((due) =>
    due.nextAt === null ? [] : [due.nextAt],
  );
  if (payment.status === "READY") times.push(payment.expiresAt);
  return times.length === 0 ? null : times.reduce((a, b) => (a < b ? a : b));
}

export function snapshotOf(payment: Payment): PaymentSnapshot {
  const kept = keptOf(payment);
  const approved = kept?.approvedAt != null;
  return {
    orderId: payment.orderId,
    paymentVersion: Math.max(1, payment.version),
    status: payment.status,
    amount: payment.amount,
    balanceAmount: approved ? kept.balanceAmount : 0,
    refundedAmount: approved ? payment.amount - kept.balanceAmount : 0,
    currency: payment.currency,
    method: kept?.method ?? null,
    approvedAt: kept?.approvedAt ?? null,
    receiptUrl: kept?.receiptUrl ?? null,
    virtualAccount: kept?.virtualAccount ?? null,
    failure: payment.failure,
    refunding: payment.attempts.some((attempt) => attempt.status === "VOIDING"),
    returnedAmount: sumWon(
      payment.attempts.map((attempt) =>
        attempt.status === "VOIDED" ? (attempt.voiding?.amount ?? 0) : 0,
      ),
    ),
    refundAccountNeeded: payment.attempts.some(lacksAccount),
  };
}

export function viewOf(payment: Payment): PaymentView {
  const kept = keptOf(payment);
  return {
    ...snapshotOf(payment),
    orderName: payment.orderName,
    paymentKey: kept?.paymentKey ?? payment.attempts.at(-1)?.paymentKey ?? null,
    // an account that was closed unpaid is a cancel to Toss; nothing went back by it
    cancels: kept?.approvedAt == null ? [] : kept.cancels.map(({ mark: _, ...cancel }) => cancel),
  };
}

/** The refusal of a payment that can't be made any more. */
export function notPayable(payment: Payment, why: string): AppError {
  const { refunding } = snapshotOf(payment);
  return new AppError(
    "conflict",
    "order_not_payable",
    `Cannot pay order "${payment.orderId}": ${why}`,
    { extensions: { refunding } },
  );
}

function announcement(before: Payment, after: Payment): PaymentEventType | undefined {
  const { paymentVersion: _, ...was } = snapshotOf(before);
  const { paymentVersion: __, ...is } = snapshotOf(after);
  if (sameJson(was, is)) return undefined;
  switch (after.status) {
    case "READY":
      return after.failure === null ? undefined : "PaymentDeclined";
    case "IN_PROGRESS":
      return undefined;
    case "WAITING_FOR_DEPOSIT":
      return "PaymentAwaitingDeposit";
    case "DONE":
      return "PaymentConfirmed";
    case "PARTIAL_CANCELED":
    case "CANCELED":
      return "PaymentCanceled";
    case "EXPIRED":
      return "PaymentExpired";
    default:
      return unreachable(after);
  }
}
