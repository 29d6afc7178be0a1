import type { CallBody, PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import { accepted, followed } from "./apply_payment.ts";
import { fromOrder, loadOrder, orderNotFound } from "./decide.ts";
import type { FromOrder, OrderDeps, RefundCommand } from "./ports.ts";

/**
 * Lets payment return money, and makes the order follow its response at once. `isOpen`: Toss has not answered yet.
 * Money whose order was lost, when order's database was put back, can be returned as well. Throws AppError
 * `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function refundOrder(
  command: RefundCommand,
  deps: OrderDeps,
): Promise<{ readonly payment: PaymentView; readonly isOpen: boolean }> {
  const { orderId } = command;
  const order = await deps.orders.find(orderId);
  const answer = await deps.payments.refund({ ...command, ...(order && fromOrder(order)) });
  await deps.faultPoint("refundOrder:answered");
  if (order !== undefined) await followed(answer, { cause: "refundOrder", order }, deps);
  else if (answer.payment === null) throw orderNotFound(orderId);
  return { payment: accepted(answer), isOpen: answer.isOpen };
}

/**
 * The shopper names the account to which a deposit for a closed order goes back. Throws AppError `order_not_found`,
 * `refund_account_not_needed`, `payment_unavailable`.
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
