import {
  AppError,
  type PaymentAnswer,
  type PaymentSnapshot,
  type PaymentView,
} from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { decideAndSave } from "./decide.ts";
import type { OrderDeps } from "./ports.ts";

/**
 * Makes an order follow its payment: for events, for payment's responses, for sweeps alike.
 * Throws AppError `order_not_found`, and `payment_mismatch` as `Order.applyPayment` does.
 */
export function applyPayment(
  command: {
    readonly snapshot: PaymentSnapshot;
    readonly cause: string;
    readonly message?: { readonly id: string; readonly topic: string };
  },
  deps: OrderDeps,
): Promise<Order> {
  const { snapshot, cause, message } = command;
  const { orderId, paymentVersion, status: paymentStatus } = snapshot;
  return decideAndSave(
    {
      orderId,
      cause,
      detail: { paymentVersion, paymentStatus },
      message,
      // a response that brings nothing new needs no version; a message does, to be remembered
      decide: (order) =>
        message === undefined && !Order.isNews(order, snapshot)
          ? undefined
          : Order.applyPayment(order, snapshot, { now: deps.now(), newId: deps.newId }),
    },
    deps,
  );
}

/** The order follows the payment in a response; then a refusal is thrown as payment gave it. */
export async function followed(
  answer: PaymentAnswer,
  cause: string,
  deps: OrderDeps,
): Promise<PaymentView> {
  if (answer.payment !== null) await applyPayment({ snapshot: answer.payment, cause }, deps);
  return accepted(answer);
}

/** The payment in a response that is no refusal. Throws AppError as payment threw it. */
export function accepted({ payment, refusal }: PaymentAnswer): PaymentView {
  if (refusal !== null) throw refusedBy(refusal);
  if (payment === null) throw new Error("Payment's response has neither a payment nor a refusal");
  return payment;
}

/** Payment's refusal, as it was thrown there. */
export function refusedBy(refusal: NonNullable<PaymentAnswer["refusal"]>): AppError {
  return new AppError(refusal.kind, refusal.code, refusal.message, refusal.details);
}
