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
import { isOpen, lacksAccount, type Attempt } from "./attempt.ts";
import type { Refund } from "./refund.ts";
import type { TossCancel } from "./toss_payment.ts";

type PaymentBase = OrderFacts & {
  /** 0 until it has been saved. */
  readonly version: number;
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
export type Payment =
  OpenPayment | WaitingPayment | PaidPayment | ClosedPayment;

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
    ...{ orderId, orderName, amount, currency, expiresAt },
    version: 0,
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
  const state = { ...after, version };
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

/** A message or a question that changed nothing: saved all the same, so that "nothing to do" is checked as well. */
export function unchanged(
  payment: Payment,
  moment: Moment,
): Change<Payment, PaymentEvent> {
  return changed(payment, payment, moment);
}

export function keptOf(payment: Payment): Kept | null {
  return "kept" in payment ? payment.kept : null;
}

export function findAttempt(
  payment: Payment,
  paymentKey: string,
): Attempt | undefined {
  return payment.attempts.find((attempt) => attempt.paymentKey === paymentKey);
}

/** Throws an Error for a paymentKey that was never stored: only stored ones are sent, asked about or answered. */
export function attemptOf(payment: Payment, paymentKey: string): Attempt {
  const attempt = findAttempt(payment, paymentKey);
  if (attempt === undefined)
    throw new Error(
      `Payment "${payment.orderId}" has no attempt "${paymentKey}"`,
    );
  return attempt;
}

export function withAttempt<P extends Payment>(payment: P, next: Attempt): P {
  const attempts = payment.attempts.map((attempt) =>
    attempt.paymentKey === next.paymentKey ? next : attempt,
  );
  return { ...payment, attempts };
}

/** When no attempt of an open order is under way any more: it can be paid again, unless its time is over. */
export function reopened(
  payment: Payment,
  failure: PaymentFailure,
  now: string,
): Payment {
  if (payment.status !== "IN_PROGRESS" || payment.attempts.some(isOpen))
    return payment;
  const { status: _, ...rest } = payment;
  if (now >= rest.expiresAt)
    return { ...rest, status: "EXPIRED", kept: null, failure };
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
    cancels:
      kept?.approvedAt == null
        ? []
        : kept.cancels.map(({ mark: _, ...cancel }) => cancel),
  };
}

/** The refusal of a payment that can't be made any more. */
export function notPayable(payment: Payment, why: string): AppError {
  const { refunding } = snapshotOf(payment);
  return new AppError(
    "conflict",
    "order_not_payable",
    `Cannot pay order "${payment.orderId}": ${why}`,
    {
      extensions: { refunding },
    },
  );
}

function announcement(
  before: Payment,
  after: Payment,
): PaymentEventType | undefined {
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
