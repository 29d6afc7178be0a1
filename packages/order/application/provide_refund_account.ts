import type { Actor } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { orderNotFound } from "./apply_payment.ts";
import { followed } from "./confirm_order.ts";
import type { OrderDeps, RefundAccount } from "./ports.ts";

/**
 * The shopper says to which account a deposit goes back that came for a closed order. Throws AppError
 * `order_not_found`, `refund_account_not_needed`, `payment_unavailable`.
 */
export async function provideRefundAccount(
  command: {
    readonly orderId: string;
    readonly account: RefundAccount;
    readonly by: Actor;
  },
  deps: OrderDeps,
): Promise<Order> {
  const { orderId } = command;
  const order = await deps.orders.find(orderId);
  if (order === undefined) throw orderNotFound(orderId);
  const answer = await deps.payments.provideRefundAccount({
    ...command,
    facts: Order.facts(order),
    known: Order.known(order),
  });
  await deps.faultPoint("refundAccount:answered");
  await followed(orderId, answer, { cause: "provideRefundAccount" }, deps);
  return (await deps.orders.find(orderId)) ?? order;
}
