import type { KnownPayment, OrderFacts } from "@payflow/shared";
import { isOpen } from "../domain/attempt.ts";
import { requestApproval } from "../domain/approval.ts";
import { attemptOf, openPayment, type Payment } from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { sendConfirm } from "./settle_payment.ts";

export type ConfirmPayment = {
  readonly paymentKey: string;
  readonly amount: number;
  /** The order's own word, for when OrderCreated has not arrived yet. */
  readonly facts: OrderFacts;
  readonly known?: KnownPayment | undefined;
  /** The order's own shopper or the merchant. */
  readonly isPrivy?: boolean | undefined;
};

export type Confirmation = {
  readonly payment: Payment;
  /** Resolves when the outcome is known or has been asked about; never rejects. Absent: another call is at it, or it is over. */
  readonly outcome: Promise<Payment> | undefined;
};

/**
 * Stores the attempt, then sends it to Toss. Returns as soon as it is stored; many calls with one paymentKey send one
 * confirm. Throws as `requestApproval` does.
 */
export async function confirmPayment(
  command: ConfirmPayment,
  deps: PaymentDeps,
): Promise<Confirmation> {
  const { paymentKey, amount, facts, known, isPrivy = false } = command;
  let requested = false;
  const payment = await decideAndSave(
    {
      orderId: facts.orderId,
      cause: "confirmPayment",
      detail: { paymentKey },
      known,
      needsProof: true,
      open: () => openPayment(facts, deps.moment().now),
      decide: (loaded) => {
        const change = requestApproval(loaded, { paymentKey, amount, isPrivy }, deps.moment());
        requested = change !== undefined;
        return change;
      },
    },
    deps,
  );
  if (!requested || !isOpen(attemptOf(payment, paymentKey))) return { payment, outcome: undefined };
  await deps.faultPoint("confirm:requested");
  return { payment, outcome: sendConfirm(payment, paymentKey, deps) };
}
