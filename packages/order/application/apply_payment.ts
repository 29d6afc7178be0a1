import { AppError } from "@payflow/shared";
import type { PaymentAnswer, PaymentSnapshot, PaymentView, Recorded } from "@payflow/shared";
import { Order, type Moment } from "../domain/order.ts";
import { decideAndSave } from "./decide.ts";
import type { OrderDeps } from "./ports.ts";

/**
 * Applies a payment snapshot to its order: for events, for payment's responses and for sweeps.
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

/** Applies the payment in a response to the order. Then throws the response's refusal, if it has one, as AppError. */
export async function followed(
  answer: PaymentAnswer,
  { cause, order: presumed }: { readonly cause: string; readonly order: Order },
  deps: OrderDeps,
): Promise<{ readonly order: Order; readonly payment: PaymentView }> {
  const { payment: snapshot } = answer;
  const order = snapshot && (await applyPayment({ snapshot, cause, presumed }, deps));
  return { order: order ?? presumed, payment: accepted(answer) };
}

/** Returns the payment in a response. Throws the response's refusal as AppError. */
export function accepted({ payment, refusal }: PaymentAnswer): PaymentView {
  if (refusal !== null) throw refusedBy(refusal);
  if (payment === null) throw new Error("Payment's response has neither a payment nor a refusal");
  return payment;
}

export function refusedBy(refusal: NonNullable<PaymentAnswer["refusal"]>): AppError {
  return new AppError(refusal.kind, refusal.code, refusal.message, refusal.details);
}
