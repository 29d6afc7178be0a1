import type { Change, OrderEvent, PaymentSnapshot } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { quoteItems } from "../domain/product.ts";

/** Orders and snapshots for the domain's tests. */

export const products = [
  { productId: "dev-tool", name: "프리미엄 개발자 도구", unitPrice: 1000, currency: "KRW" },
  { productId: "keycaps", name: "무각 키캡 세트", unitPrice: 39000, currency: "KRW" },
] as const;

export const placedAt = "2026-01-05T05:00:00.000Z";
export const orderId = "0190a000-0000-7000-8000-000000000001";

let ids = 0;
export const moment = {
  now: placedAt,
  newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
};

export function placed(): Order {
  const quote = quoteItems([{ productId: "dev-tool", quantity: 1 }], products);
  const input = {
    quote,
    customerName: "김토스",
    customerEmail: "kim@example.com",
    sessionId: "s-1",
  };
  return Order.place(input, { ...moment, orderId, tailLength: 4, ttlMs: 2_700_000 }).state;
}

export function snapshot(change: Partial<PaymentSnapshot> = {}): PaymentSnapshot {
  return {
    orderId,
    paymentVersion: 1,
    status: "READY",
    amount: 1000,
    balanceAmount: 0,
    refundedAmount: 0,
    refundMarks: [],
    currency: "KRW",
    method: null,
    approvedAt: null,
    receiptUrl: null,
    virtualAccount: null,
    refundLimits: null,
    cashReceipt: null,
    isEscrow: false,
    failure: null,
    refunding: false,
    returnedAmount: 0,
    refundAccountNeeded: false,
    refundDelayed: false,
    ...change,
  };
}

const approvedAt = "2026-01-05T05:01:00.000Z";

export const snapshots = {
  ready: snapshot(),
  declined: snapshot({ failure: { code: "REJECT_CARD_PAYMENT", message: "한도초과" } }),
  inProgress: snapshot({ status: "IN_PROGRESS" }),
  waiting: snapshot({ status: "WAITING_FOR_DEPOSIT" }),
  done: snapshot({ status: "DONE", balanceAmount: 1000, approvedAt }),
  partlyRefunded: snapshot({
    status: "PARTIAL_CANCELED",
    balanceAmount: 600,
    refundedAmount: 400,
    approvedAt,
  }),
  refunded: snapshot({ status: "CANCELED", refundedAmount: 1000, approvedAt }),
  canceled: snapshot({ status: "CANCELED" }),
  expired: snapshot({ status: "EXPIRED" }),
} as const;

/** The change by a snapshot. Throws an Error for a snapshot that changes nothing. */
export function applied(order: Order, payment: PaymentSnapshot) {
  const change = Order.applyPayment(order, payment, moment);
  if (change === undefined) throw new Error(`Version ${payment.paymentVersion} changes nothing`);
  return change;
}

/** The change by a snapshot with the next version; none when it contradicts the applied one. */
export function after(order: Order, payment: PaymentSnapshot): Change<Order, OrderEvent> {
  const paymentVersion = (order.payment?.paymentVersion ?? 0) + 1;
  const change = Order.applyPayment(order, { ...payment, paymentVersion }, moment);
  return change ?? { state: order, events: [] };
}
