import type { OrderFacts } from "@payflow/shared";
import {
  openPayment as open,
  unchanged,
  type Payment,
} from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

/** Reacts to OrderCreated. A payment that began, or was closed, before this event came stays as it is. */
export async function openPayment(
  command: {
    readonly facts: OrderFacts;
    readonly message: { readonly id: string; readonly topic: string };
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const moment = deps.moment();
  return await decideAndSave(
    {
      orderId: command.facts.orderId,
      cause: "openPayment",
      open: () => open(command.facts, moment.now),
      decide: (payment) => unchanged(payment, moment),
      message: command.message,
    },
    deps,
  );
}
