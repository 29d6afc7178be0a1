import type { CallBody } from "@payflow/shared";
import type { Payment } from "../domain/payment.ts";
import { requestConfirm } from "../domain/requests.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { sendOnce } from "./settle.ts";

/**
 * Stores the attempt, sends it to the PSP and waits for the outcome; concurrent calls with one paymentKey send one
 * confirm. Throws as `requestConfirm` and `decideAndSave` do.
 */
export async function confirmPayment(
  /** Carries the order's facts, in case OrderCreated has not arrived yet. */
  command: CallBody<"confirm">,
  deps: PaymentDeps,
): Promise<Payment> {
  const { paymentKey, facts } = command;
  const requested = await decideAndSave(deps, {
    orderId: facts.orderId,
    cause: "confirmPayment",
    detail: { paymentKey },
    from: command,
    opens: "always",
    needsProof: true,
    decide: (loaded) => requestConfirm(loaded, command, deps.moment()),
  });
  if (requested.isChanged) await deps.faultPoint("confirm:requested");
  return await sendOnce(requested, { kind: "confirm", paymentKey }, deps);
}
