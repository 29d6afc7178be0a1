import type { CallBody } from "@payflow/shared";
import { isOpen } from "../domain/operation.ts";
import { refundOf, type Payment } from "../domain/payment.ts";
import { requestRefund } from "../domain/requests.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { sendFirst } from "./settle.ts";

/** Stores the refund, sends it to the PSP and waits for the outcome. Throws as `requestRefund` and `decideAndSave` do. */
export async function refundPayment(
  command: CallBody<"refund">,
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId, key } = command;
  const { payment, isChanged: isRequested } = await decideAndSave(deps, {
    orderId,
    cause: "refundPayment",
    detail: { key, amount: command.amount ?? null },
    from: command,
    opens: "when lost",
    needsProof: true,
    decide: (loaded) => requestRefund(loaded, command, deps.moment()),
  });
  const isKnown = (now: Payment) => !isOpen(refundOf(now, key));
  if (isRequested) await deps.faultPoint("refund:requested");
  const isToSend = isRequested && !isKnown(payment) && payment.kept !== null;
  const outcome = isToSend
    ? sendFirst(payment, { kind: "refund", paymentKey: payment.kept.paymentKey, key }, deps)
    : undefined;
  return await deps.awaitOutcome({ payment, outcome }, isKnown);
}
