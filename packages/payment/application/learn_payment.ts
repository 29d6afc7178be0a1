import { AppError } from "@payflow/shared";
import { findAttempt, type Payment } from "../domain/payment.ts";
import { learned } from "../domain/recovery.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Asks Toss about a paymentKey on an order of ours that was never stored, and takes in what money it brought. Anybody
 * may name one: what holds nothing, or belongs to another order, is not stored. Throws AppError `toss_unavailable`
 * when Toss does not answer.
 */
export function learnPayment(
  command: { readonly orderId: string; readonly paymentKey: string },
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId, paymentKey } = command;
  return decideAndSave(
    {
      orderId,
      cause: "learnPayment",
      detail: { paymentKey },
      decide: async (loaded) => {
        if (findAttempt(loaded, paymentKey) !== undefined) return undefined;
        const finding = await deps.gateway.find(paymentKey);
        await deps.faultPoint("learn:asked");
        if (finding.kind === "unknown") throw noAnswer(paymentKey);
        if (finding.kind === "missing") return undefined;
        const change = learned(loaded, finding.payment, deps.moment());
        if (change !== undefined)
          await deps.onRecovery({ orderId, doubt: "behind", isHealed: true });
        return change;
      },
    },
    deps,
  );
}

function noAnswer(paymentKey: string): AppError {
  return new AppError(
    "unavailable",
    "toss_unavailable",
    `Toss did not say what became of "${paymentKey}"`,
    { retryAfterSeconds: 5 },
  );
}
