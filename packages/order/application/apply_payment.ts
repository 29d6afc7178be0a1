import { AppError, type PaymentSnapshot } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import type { OrderDeps } from "./ports.ts";

const staleMax = 20;

/**
 * Makes an order follow its payment: for events, for payment's answers, for sweeps alike.
 * Throws AppError `order_not_found`, and `payment_mismatch` as `Order.applyPayment` does.
 */
export async function applyPayment(
  command: {
    readonly snapshot: PaymentSnapshot;
    readonly cause: string;
    readonly message?: { readonly id: string; readonly topic: string };
  },
  deps: OrderDeps,
): Promise<Order> {
  const { snapshot, cause, message } = command;
  for (let stale = 0; stale < staleMax; stale++) {
    const order = await deps.orders.find(snapshot.orderId);
    if (order === undefined) throw orderNotFound(snapshot.orderId);
    // an answer that brings nothing new needs no version; a message does, to be remembered
    if (message === undefined && !Order.isNews(order, snapshot)) return order;
    const change = Order.applyPayment(order, snapshot, { now: deps.now(), newId: deps.newId });
    const detail = { paymentVersion: snapshot.paymentVersion, paymentStatus: snapshot.status };
    const result = await deps.orders.save(change, { cause, detail, message });
    await deps.faultPoint("apply:saved");
    if (result === "saved") return change.state;
    if (result === "handled") return order;
  }
  throw new AppError(
    "unavailable",
    "order_busy",
    `Order "${snapshot.orderId}" is being changed by many at once`,
    { retryAfterSeconds: 1 },
  );
}

export function orderNotFound(orderId: string): AppError {
  return new AppError("not_found", "order_not_found", `There is no order "${orderId}"`);
}
