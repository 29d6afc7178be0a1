import type { OrderPage } from "./contract.ts";
import { unreachable } from "./unreachable.ts";

/** What a page says of an order: finer than its status, since the payment may know more than the order yet. */
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
 * Never says "not charged" while that is not certain: a payment under way outranks the clock, and money on its way
 * back outranks a closed order.
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

/** True when money came for this order after it had closed and all of it went back: never "not charged". */
export function wasReturned({ payment }: OrderPage): boolean {
  return payment !== null && (payment.returnedAmount > 0 || payment.approvedAt !== null);
}

/**
 * The shopper has nothing more to do or to read here: paid, an account to pay into assigned, or over without money.
 * What went wrong with money is said here first.
 */
export function isDone(state: OrderState): boolean {
  return ["confirmed", "awaiting_deposit", "canceled", "expired"].includes(state);
}

/** States in which the shopper may open Toss's window. */
export function isPayable(state: OrderState): boolean {
  return state === "payable" || state === "declined";
}

/** States of an order that was paid, whatever went back since. */
export function isPaid(state: OrderState | "confirming"): boolean {
  return ["settling", "confirmed", "partially_refunded", "refunded"].includes(state);
}

/** States after which nothing changes by itself any more, so that watching may stop. */
export function isFinal(state: OrderState): boolean {
  return state === "refunded" || state === "canceled" || state === "expired";
}

/** States that a page without JavaScript reloads itself in. */
export function changesSoon(state: OrderState): boolean {
  return (
    state === "unknown" ||
    state === "settling" ||
    state === "closing" ||
    state === "awaiting_deposit" ||
    state === "refunding"
  );
}
