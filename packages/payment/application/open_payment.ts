import type { OrderFacts } from "@payflow/shared";
import {
  openPayment as open,
  unchanged,
  type Payment,
} from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Makes sure that an order has its payment: for OrderCreated, and for order's question about one that payment may not
 * have heard of. A payment that began, or was closed, before stays as it is; a message is remembered all the same.
 */
export async function openPayment(
  command: {
    readonly facts: OrderFacts;
    readonly message?: { readonly id: string; readonly topic: string };
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { facts, message } = command;
  const moment = deps.moment();
  return await decideAndSave(
    {
      orderId: facts.orderId,
      cause: "openPayment",
      open: () => open(facts, moment.now),
      decide: (payment) =>
        message === undefined && payment.version > 0
          ? undefined
          : unchanged(payment, moment),
      message,
    },
    deps,
  );
}
