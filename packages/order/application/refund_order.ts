import type { PaymentView } from "@payflow/shared";
import { orderNotFound } from "./apply_payment.ts";
import { followed } from "./confirm_order.ts";
import type { OrderDeps, RefundRequest } from "./ports.ts";

/**
 * Lets payment return money, and makes the order follow its answer at once. `isOpen`: Toss has not said yet.
 * Throws AppError `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function refundOrder(
  command: RefundRequest,
  deps: OrderDeps,
): Promise<{ readonly payment: PaymentView; readonly isOpen: boolean }> {
  const { orderId } = command;
  if ((await deps.orders.find(orderId)) === undefined)
    throw orderNotFound(orderId);
  const answer = await deps.payments.refund(command);
  await deps.faultPoint("refundOrder:answered");
  const payment = await followed(
    orderId,
    answer,
    { cause: "refundOrder" },
    deps,
  );
  return { payment, isOpen: answer.isOpen };
}
