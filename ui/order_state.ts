import type { OrderPage } from "./contract.ts";
import { unreachable } from "./unreachable.ts";

/** The state that a page shows: finer than the order's status, because the payment may be ahead of the order. */
export type OrderState =
  | "payable"
  | "declined"
  | "unknown"
  | "settling"
  | "closing"
  | "awaiting_deposit"
  | "confirmed"
  | "partially_refunded"
  | "refunded"
  | "canceled"
  | "expired"
  | "refunding";

/**
 * Never says "not charged" while that is uncertain: a payment in progress outranks the deadline, and a running refund
 * outranks a closed order.
 */
export function orderState(order: OrderPage, now: Date): OrderState {
  const { payment, status } = order;
  switch (status) {
    case "PENDING":
    case "AWAITING_DEPOSIT":
      return openState(order, now);
    case "CONFIRMED":
      return "confirmed";
    case "PARTIALLY_REFUNDED":
      return "partially_refunded";
    case "REFUNDED":
      return "refunded";
    case "CANCELED":
      return payment?.refunding ? "refunding" : "canceled";
    case "EXPIRED":
      return payment?.refunding ? "refunding" : "expired";
    default:
      return unreachable(status);
  }
}

function openState(order: OrderPage, now: Date): OrderState {
  const { payment } = order;
  switch (payment?.status) {
    case "IN_PROGRESS":
      return "unknown";
    case "DONE":
    case "PARTIAL_CANCELED":
      return "settling";
    case "WAITING_FOR_DEPOSIT":
      return "awaiting_deposit";
    case "CANCELED":
      return payment.refunding ? "refunding" : "canceled";
    case "EXPIRED":
      return payment.refunding ? "refunding" : "expired";
    case "READY":
    case undefined:
      if (order.status === "AWAITING_DEPOSIT") return "awaiting_deposit";
      if (Date.parse(order.expiresAt) <= now.getTime()) return "closing";
      return payment?.failure ? "declined" : "payable";
    default:
      return unreachable(payment as never);
  }
}

/** For a closed order: money arrived and was returned, so the page must not say "not charged". */
export function wasReturned({ payment }: OrderPage): boolean {
  return payment !== null && (payment.returnedAmount > 0 || payment.approvedAt !== null);
}

/**
 * The shopper has nothing more to do or read here: the order is paid, waits for a deposit, or ended without a charge. A
 * refund or an unknown outcome is shown here first.
 */
export function isDone(state: OrderState): boolean {
  return ["confirmed", "awaiting_deposit", "canceled", "expired"].includes(state);
}

/** States in which the shopper may open Toss's window. */
export function isPayable(state: OrderState): boolean {
  return state === "payable" || state === "declined";
}

/** States of a paid order, refunded or not. */
export function isPaid(state: OrderState | "confirming"): boolean {
  return ["settling", "confirmed", "partially_refunded", "refunded"].includes(state);
}

/** States that never change by themselves, so that the page stops watching. */
export function isFinal(state: OrderState): boolean {
  return state === "refunded" || state === "canceled" || state === "expired";
}

/** States in which a page without JavaScript reloads itself. */
export function changesSoon(state: OrderState): boolean {
  return (
    state === "unknown" ||
    state === "settling" ||
    state === "closing" ||
    state === "awaiting_deposit" ||
    state === "refunding"
  );
}
