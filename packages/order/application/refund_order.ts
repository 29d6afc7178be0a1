import type { PaymentView } from "@payflow/shared";
import { accepted, followed } from "./apply_payment.ts";
import { fromOrder, orderNotFound } from "./decide.ts";
import type { OrderDeps, RefundRequest } from "./ports.ts";

/**
 * Lets payment return money, and makes the order follow its response at once. `isOpen`: Toss has not answered yet.
 * Money whose order was lost, when order's database was put back, can be returned as well. Throws AppError
 * `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function refundOrder(
  command: RefundRequest,
  deps: OrderDeps,
): Promise<{ readonly payment: PaymentView; readonly isOpen: boolean }> {
  const { orderId } = command;
  const order = await deps.orders.find(orderId);
  const answer = await deps.payments.refund({ ...command, ...(order && fromOrder(order)) });
  await deps.faultPoint("refundOrder:answered");
  const { payment, isOpen } = answer;
  if (order !== undefined)
    return { payment: await followed(answer, { cause: "refundOrder", order }, deps), isOpen };
  if (payment === null) throw orderNotFound(orderId);
  return { payment: accepted(answer), isOpen };
}
