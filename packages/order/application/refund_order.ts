import type { PaymentAnswer, PaymentView } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { orderNotFound } from "./apply_payment.ts";
import { followed, refusedBy } from "./confirm_order.ts";
import type { OrderDeps, RefundRequest } from "./ports.ts";

/**
 * Lets payment return money, and makes the order follow its answer at once. `isOpen`: Toss has not said yet.
 * Money whose order was lost, when order's database was put back, can be returned as well. Throws AppError `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function refundOrder(
  command: RefundRequest,
  deps: OrderDeps,
): Promise<{ readonly payment: PaymentView; readonly isOpen: boolean }> {
  const { orderId } = command;
  const order = await deps.orders.find(orderId);
  const answer = await deps.payments.refund(
    order === undefined
      ? command
      : { ...command, facts: Order.facts(order), known: Order.known(order) },
  );
  await deps.faultPoint("refundOrder:answered");
  if (order === undefined) return { payment: orphaned(orderId, answer), isOpen: answer.isOpen };
  const payment = await followed(orderId, answer, { cause: "refundOrder" }, deps);
  return { payment, isOpen: answer.isOpen };
}

/** What payment answered about an order that is not here. */
function orphaned(orderId: string, { payment, refusal }: PaymentAnswer): PaymentView {
  if (payment === null) throw orderNotFound(orderId);
  if (refusal !== null) throw refusedBy(refusal);
  return payment;
}
