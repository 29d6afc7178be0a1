import type { Order } from "../domain/order.ts";
import { followed } from "./apply_payment.ts";
import { fromOrder, loadOrder } from "./decide.ts";
import type { OrderDeps } from "./ports.ts";

/**
 * Cancels an unpaid order: payment closes it, since only payment knows whether it was paid a moment ago. Cancelled
 * again, it stays as it is. Throws AppError `order_not_found`, `order_not_cancelable`, `payment_unavailable`.
 */
export async function cancelOrder(
  { orderId }: { readonly orderId: string },
  deps: OrderDeps,
): Promise<Order> {
  const order = await loadOrder(orderId, deps);
  if (order.status === "CANCELED" || order.status === "EXPIRED") return order;
  const answer = await deps.payments.close(fromOrder(order));
  await deps.faultPoint("cancelOrder:answered");
  return (await followed(answer, { cause: "cancelOrder", order }, deps)).order;
}
