import type { Order } from "../domain/order.ts";
import { followed } from "./apply_payment.ts";
import { fromOrder, loadOrder } from "./decide.ts";
import type { OrderDeps } from "./ports.ts";

/**
 * Cancels an unpaid order. Payment closes it first, because only payment knows whether a confirm has just succeeded.
 * Idempotent. Throws AppError `order_not_found`, `order_not_cancelable`, `payment_unavailable`.
 */
export async function cancelOrder({ orderId }: { readonly orderId: string }, deps: OrderDeps) {
  const order = await loadOrder(orderId, deps);
  if (order.status === "CANCELED" || order.status === "EXPIRED") return order;
  const answer = await deps.payments.close(fromOrder(order));
  await deps.faultPoint("cancelOrder:answered");
  return (await followed(answer, { cause: "cancelOrder", order }, deps)).order;
}
