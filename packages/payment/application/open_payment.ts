import type { FromOrder, Message } from "@payflow/shared";
import { changed } from "../domain/change.ts";
import type { Payment } from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Opens an order's payment if there is none: for OrderCreated, and when order compares its payments. An existing
 * payment stays as it is; the message is recorded as handled in any case.
 */
export async function openPayment(
  command: FromOrder & { readonly message?: Message },
  deps: PaymentDeps,
): Promise<Payment> {
  const { payment } = await decideAndSave(deps, {
    orderId: command.facts.orderId,
    cause: "openPayment",
    from: command,
    opens: "always",
    decide: (loaded) => (loaded.version > 0 ? undefined : changed(loaded, loaded, deps.moment())),
    message: command.message,
  });
  await deps.faultPoint("open:stored");
  return payment;
}
