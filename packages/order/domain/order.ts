import { AppError, contradicts, plusMs, statusEntries, totalEntries } from "@payflow/shared";
import type {
  Change,
  Language,
  Metadata,
  OrderEvent,
  OrderFacts,
  OrderStatus,
  PaymentSnapshot,
  PaymentStatus,
} from "@payflow/shared";
import { orderNumber } from "./order_number.ts";
import type { Quote } from "./product.ts";
import { afterRefund, type RefundRequest } from "./refund_request.ts";

export type Order = Quote & {
  readonly orderId: string;
  /** The short number for people: `1127-K7P3`. */
  readonly orderNumber: string;
  readonly version: number;
  /** The browser session that placed it; null when an integrator did. */
  readonly sessionId: string | null;
  readonly currency: "KRW";
  /** The order's unique name in the shop's own system. */
  readonly merchantReference: string | null;
  /** Set by the integrator when placing the order; empty after erasure. */
  readonly metadata: Readonly<Metadata>;
  /** Where the shopper is sent after payment; null for our own page. */
  readonly returnUrl: string | null;
  /** Name and e-mail address are empty after erasure; the name alone while it is under way. */
  readonly customerName: string;
  readonly customerEmail: string;
  /** The shopper's language when placing; mails use it. */
  readonly language: Language;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly status: OrderStatus;
  /** When the payment was approved; null for an unpaid order. */
  readonly confirmedAt: string | null;
  /** In won. */
  readonly refundedAmount: number;
  /** The newest applied snapshot of the payment; the order's status is derived from it. */
  readonly payment: PaymentSnapshot | null;
  /** The shopper's newest request. */
  readonly refundRequest: RefundRequest | null;
};

/** The language is Korean unless given. */
export type PlaceInput = Pick<Order, "customerName" | "customerEmail" | "sessionId"> & {
  readonly [K in "merchantReference" | "metadata" | "returnUrl"]?: Order[K] | undefined;
} & { readonly quote: Quote; readonly language?: Language };

export type Moment = { readonly now: string; readonly newId: () => string };

export type OrderChange = Change<Order, OrderEvent>;

export const Order = { place, asPlaced, applyPayment, facts, isNews, erase, keptUntil };

/** A new order that can be paid for `ttlMs` from now; its number has `tailLength` characters after the day. */
function place(
  input: PlaceInput,
  moment: Moment & { orderId: string; tailLength: number; ttlMs: number },
): OrderChange {
  const { merchantReference = null, metadata = {}, returnUrl = null } = input;
  const order: Order = {
    ...input.quote,
    orderId: moment.orderId,
    orderNumber: orderNumber(moment.orderId, moment.now, moment.tailLength),
    version: 1,
    sessionId: input.sessionId,
    currency: "KRW",
    merchantReference,
    metadata,
    returnUrl,
    customerName: input.customerName,
    customerEmail: input.customerEmail,
    language: input.language ?? "ko",
    createdAt: moment.now,
    expiresAt: plusMs(moment.now, moment.ttlMs),
    status: "PENDING",
    confirmedAt: null,
    refundedAmount: 0,
    payment: null,
    refundRequest: null,
  };
  const created: OrderEvent = {
    eventId: moment.newId(),
    eventType: "OrderCreated",
    occurredOn: moment.now,
    ...facts(order),
    ...names(order),
    items: [...order.items],
    metadata,
  };
  return { state: order, events: [created] };
}

/**
 * Applies a payment snapshot. Only a newer snapshot than the last applied one has an effect, and it sets all values, so
 * duplicate and reordered snapshots are harmless. Returns undefined for a snapshot that changes nothing.
 * Throws AppError `payment_mismatch` when the snapshot is of another order or another amount.
 */
function applyPayment(
  order: Order,
  snapshot: PaymentSnapshot,
  moment: Moment,
): OrderChange | undefined {
  if (!isNews(order, snapshot)) return undefined;
  const version = order.version + 1;
  const next = result(order, snapshot);
  const refundRequest = afterRefund(order, { ...snapshot, ...next }, moment.now);
  const state: Order = { ...order, version, payment: snapshot, ...next, refundRequest };
  const eventType = announced(order, state);
  const entries = [
    ...statusEntries(order.payment, snapshot),
    ...totalEntries(order.payment, snapshot),
  ];
  if (eventType === undefined) return { state, events: [], entries };
  const event: OrderEvent = {
    eventId: moment.newId(),
    eventType,
    occurredOn: moment.now,
    orderId: order.orderId,
    ...names(order),
    amount: order.amount,
    refundedAmount: state.refundedAmount,
    currency: order.currency,
  };
  return { state, events: [event], entries };
}

/**
 * Removes personal data, without an event: first all but the e-mail address, then that. The session identifies a browser;
 * metadata and the return address may hold anything. The shop's reference stays, for its accounting.
 */
function erase(order: Order): OrderChange {
  const request = order.refundRequest && { ...order.refundRequest, text: "", answer: null };
  const erased = {
    sessionId: null,
    customerName: "",
    customerEmail: order.customerName && order.customerEmail,
    metadata: {},
    returnUrl: null,
    refundRequest: request,
  };
  return { state: { ...order, version: order.version + 1, ...erased }, events: [] };
}

const keptYears = 5;

/** Until when the law makes the shop keep the customer's data; null later, without money, and once erasure has begun. */
function keptUntil(order: Order, now: string): string | null {
  const { customerName, payment, createdAt, confirmedAt } = order;
  const came = confirmedAt !== null || (payment?.returnedAmount ?? 0) > 0;
  const isComing = payment?.status === "IN_PROGRESS" || payment?.status === "WAITING_FOR_DEPOSIT";
  if (customerName === "" || (!came && !isComing && !payment?.refunding)) return null;
  const until = new Date(confirmedAt ?? createdAt);
  until.setUTCFullYear(until.getUTCFullYear() + keptYears);
  return until.toISOString() > now ? until.toISOString() : null;
}

/** The order as it was placed: the response to a retried request. */
function asPlaced(order: Order): Order {
  const later = { payment: null, refundRequest: null };
  return { ...order, ...unpaid, ...later, status: "PENDING", version: 1 };
}

function facts(order: Order): OrderFacts {
  const { orderId, orderName, amount, taxFreeAmount, currency, expiresAt } = order;
  return { orderId, orderName, amount, taxFreeAmount, currency, expiresAt };
}

/** A payment that was only opened (READY) does not change the order. Throws as `applyPayment` does. */
function isNews(order: Order, snapshot: PaymentSnapshot): boolean {
  const text = `Cannot apply a payment of ${snapshot.amount} for order "${snapshot.orderId}" to order "${order.orderId}" of ${order.amount}`;
  if (snapshot.orderId !== order.orderId || snapshot.amount !== order.amount)
    throw new AppError("conflict", "payment_mismatch", text);
  const { payment } = order;
  const { status, failure, refunding, returnedAmount } = snapshot;
  if (payment === null)
    return status !== "READY" || failure !== null || refunding || returnedAmount > 0;
  const isNewer = snapshot.paymentVersion > payment.paymentVersion;
  // a contradiction shows that payment's database was restored; the sweeps repair that
  return isNewer && !contradicts(payment, snapshot);
}

function names({ orderNumber, merchantReference }: Order) {
  return { orderNumber, merchantReference };
}

const unpaid = { confirmedAt: null, refundedAmount: 0 };

/** The order's status by its payment's; a fully refunded payment is CANCELED at Toss. */
const statuses: Readonly<Record<PaymentStatus, OrderStatus>> = {
  READY: "PENDING",
  IN_PROGRESS: "PENDING",
  WAITING_FOR_DEPOSIT: "AWAITING_DEPOSIT",
  DONE: "CONFIRMED",
  PARTIAL_CANCELED: "PARTIALLY_REFUNDED",
  CANCELED: "CANCELED",
  EXPIRED: "EXPIRED",
};

function result(order: Order, { refundedAmount, approvedAt, ...snapshot }: PaymentSnapshot) {
  const isWhole = snapshot.status === "CANCELED" && refundedAmount > 0;
  const status = isWhole ? "REFUNDED" : statuses[snapshot.status];
  const confirmedAt = approvedAt ?? order.confirmedAt ?? order.createdAt;
  if (status === "CONFIRMED") return { status, confirmedAt, refundedAmount: 0 };
  const isRefunded = status === "PARTIALLY_REFUNDED" || status === "REFUNDED";
  return isRefunded ? { status, confirmedAt, refundedAmount } : { status, ...unpaid };
}

type Announced = Exclude<OrderEvent["eventType"], "OrderCreated">;

const announcements: Partial<Record<OrderStatus, Announced>> = {
  CONFIRMED: "OrderConfirmed",
  CANCELED: "OrderCanceled",
  EXPIRED: "OrderExpired",
  PARTIALLY_REFUNDED: "OrderRefunded",
  REFUNDED: "OrderRefunded",
};

function announced(before: Order, after: Order): Announced | undefined {
  const same = before.status === after.status && before.refundedAmount === after.refundedAmount;
  return same ? undefined : announcements[after.status];
}
