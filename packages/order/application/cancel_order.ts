import type { Actor } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { orderNotFound } from "./apply_payment.ts";
import { followed } from "./confirm_order.ts";
import type { OrderDeps } from "./ports.ts";

/**
 * Cancels an unpaid order: payment closes it, since only payment knows whether it was paid a moment ago. Cancelled
 * again, it stays as it is. Throws AppError `order_not_found`, `order_not_cancelable`, `payment_unavailable`.
 */
export async function cancelOrder(
  command: { readonly orderId: string; readonly by: Actor },
  deps: OrderDeps,
): Promise<Order> {
  const { orderId, by } = command;
  const order = await deps.orders.find(orderId);
  if (order === undefined) throw orderNotFound(orderId);
  if (order.status === "CANCELED" || order.status === "EXPIRED") return order;
  const answer = await deps.payments.close({
    facts: Order.facts(order),
    known: Order.known(order),
    by,
  });
  await deps.faultPoint("cancelOrder:answered");
  await followed(orderId, answer, { cause: "cancelOrder" }, deps);
  return (await deps.orders.find(orderId)) ?? order;
}
