import type { CallBody, FromOrder, PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import { accepted, followed } from "./apply_payment.ts";
import { fromOrder, loadOrder, orderNotFound } from "./decide.ts";
import type { OrderDeps, RefundCommand } from "./ports.ts";

/**
 * Has payment refund money, and applies its response to the order at once. `isOpen`: Toss has not responded yet.
 * Works without the order's row too, because a restored order database may lack it. Throws AppError
 * `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function refundOrder(command: RefundCommand, deps: OrderDeps) {
  const { orderId } = command;
  const order = await deps.orders.find(orderId);
  const answer = await deps.payments.refund({ ...command, ...(order && fromOrder(order)) });
  await deps.faultPoint("refundOrder:answered");
  if (order !== undefined) await followed(answer, { cause: "refundOrder", order }, deps);
  else if (answer.payment === null) throw orderNotFound(orderId);
  return { payment: accepted(answer), isOpen: answer.isOpen };
}

/**
 * Sets the shopper's account for the refund of a deposit that came for a closed order. Throws AppError
 * `order_not_found`, `refund_account_not_needed`, `payment_unavailable`.
 */
export async function provideRefundAccount(
  command: Omit<CallBody<"refund-account">, keyof FromOrder>,
  deps: OrderDeps,
): Promise<Order> {
  const order = await loadOrder(command.orderId, deps);
  const answer = await deps.payments["refund-account"]({ ...command, ...fromOrder(order) });
  await deps.faultPoint("refundAccount:answered");
  return (await followed(answer, { cause: "provideRefundAccount", order }, deps)).order;
}
