import type { CallBody } from "@payflow/shared";
import type { Payment } from "../domain/payment.ts";
import { requestRefund } from "../domain/requests.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { sendOnce } from "./settle.ts";

/** Stores the refund, sends it to the PSP and waits for the outcome. Throws as `requestRefund` and `decideAndSave` do. */
export async function refundPayment(command: CallBody<"refund">, deps: PaymentDeps) {
  const { orderId, key } = command;
  const requested = await decideAndSave(deps, {
    orderId,
    cause: "refundPayment",
    detail: { key, amount: command.amount ?? null },
    from: command,
    opens: "when lost",
    needsProof: true,
    decide: (loaded) => requestRefund(loaded, command, deps.moment()),
  });
  if (requested.isChanged) await deps.faultPoint("refund:requested");
  // a payment with a refund always has `kept`
  const paymentKey = requested.payment.kept?.paymentKey ?? "";
  return await sendOnce(requested, { kind: "refund", paymentKey, key }, deps);
}
