import type { Actor } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import { followed } from "./apply_payment.ts";
import { fromOrder, loadOrder } from "./decide.ts";
import type { OrderDeps, RefundAccount } from "./ports.ts";

/**
 * The shopper names the account to which a deposit for a closed order goes back. Throws AppError `order_not_found`,
 * `refund_account_not_needed`, `payment_unavailable`.
 */
export async function provideRefundAccount(
  command: { readonly orderId: string; readonly account: RefundAccount; readonly by: Actor },
  deps: OrderDeps,
): Promise<Order> {
  const order = await loadOrder(command.orderId, deps);
  const answer = await deps.payments.provideRefundAccount({ ...command, ...fromOrder(order) });
  await deps.faultPoint("refundAccount:answered");
  await followed(answer, { cause: "provideRefundAccount", order }, deps);
  return await loadOrder(command.orderId, deps);
}
