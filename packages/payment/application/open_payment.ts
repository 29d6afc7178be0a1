import type { KnownPayment, OrderFacts } from "@payflow/shared";
import { openPayment as open, unchanged, type Payment } from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Makes sure that an order has its payment: for OrderCreated, and for order's question about one that payment may not
 * have heard of. A payment that began, or was closed, before stays as it is; a message is remembered all the same.
 */
export async function openPayment(
  command: {
    readonly facts: OrderFacts;
    readonly known?: KnownPayment | undefined;
    readonly message?: { readonly id: string; readonly topic: string };
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { facts, known, message } = command;
  const moment = deps.moment();
  const payment = await decideAndSave(
    {
      orderId: facts.orderId,
      cause: "openPayment",
      known,
      open: () => open(facts, moment.now),
      decide: (loaded) =>
        message === undefined && loaded.version > 0 ? undefined : unchanged(loaded, moment),
      message,
    },
    deps,
  );
  await deps.faultPoint("open:stored");
  return payment;
}
