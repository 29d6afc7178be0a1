import { isOpen } from "../domain/operation.ts";
import { isToCancel, type Payment } from "../domain/payment.ts";
import { woken } from "../domain/plan.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/**
 * Queries the PSP about everything of this order that may have changed there, regardless of the schedule, and does what
 * is then due. Waits as a confirm does. Throws AppError `payment_not_found`.
 */
export async function queryNow({ orderId }: { readonly orderId: string }, deps: PaymentDeps) {
  const { payment: before } = await decideAndSave(deps, {
    orderId,
    cause: "queryNow",
    decide: (loaded) => woken(loaded, deps.moment().now, true),
  });
  const begun = { payment: before, outcome: settlePayment(before, deps) };
  const payment = await deps.awaitOutcome(begun, () => false);
  const isChanged = payment.version !== before.version;
  const isLeft = payment.attempts.some((one) => isOpen(one) || isToCancel(payment, one));
  return { payment, isChanged, isOpen: isLeft || payment.refunds.some(isOpen) };
}
