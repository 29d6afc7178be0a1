import { AppError } from "@payflow/shared";
import type { PaymentAnswer, PaymentSnapshot, PaymentView } from "@payflow/shared";
import { Order, type Moment } from "../domain/order.ts";
import { decideAndSave } from "./decide.ts";
import type { OrderDeps, Recorded } from "./ports.ts";

/**
 * Makes an order follow its payment: for events, for payment's responses, for sweeps alike.
 * Throws AppError `order_not_found`, and `payment_mismatch` as `Order.applyPayment` does.
 */
export function applyPayment(
  command: Omit<Recorded, "detail"> & {
    readonly snapshot: PaymentSnapshot;
    readonly presumed?: Order | undefined;
  },
  deps: OrderDeps,
): Promise<Order> {
  const { snapshot, ...recorded } = command;
  const { orderId, paymentVersion, status: paymentStatus } = snapshot;
  const detail = { paymentVersion, paymentStatus };
  const decide = (order: Order, moment: Moment) => Order.applyPayment(order, snapshot, moment);
  return decideAndSave({ ...recorded, orderId, detail, decide }, deps);
}

/** The order after it has followed the payment in a response; then a refusal is thrown as payment gave it. */
export async function followed(
  answer: PaymentAnswer,
  { cause, order: presumed }: { readonly cause: string; readonly order: Order },
  deps: OrderDeps,
): Promise<{ readonly order: Order; readonly payment: PaymentView }> {
  const { payment: snapshot } = answer;
  const order = snapshot && (await applyPayment({ snapshot, cause, presumed }, deps));
  return { order: order ?? presumed, payment: accepted(answer) };
}

/** The payment in a response that is no refusal. Throws AppError as payment threw it. */
export function accepted({ payment, refusal }: PaymentAnswer): PaymentView {
  if (refusal !== null) throw refusedBy(refusal);
  if (payment === null) throw new Error("Payment's response has neither a payment nor a refusal");
  return payment;
}

export function refusedBy(refusal: NonNullable<PaymentAnswer["refusal"]>): AppError {
  return new AppError(refusal.kind, refusal.code, refusal.message, refusal.details);
}
