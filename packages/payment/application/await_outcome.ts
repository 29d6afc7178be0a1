import type { Payment } from "../domain/payment.ts";
import type { PaymentWatch } from "./ports.ts";

/** What a use case began: the payment as it was stored, and the outcome when this call is the one that sends. */
export type Begun = {
  readonly payment: Payment;
  readonly outcome: Promise<Payment> | undefined;
};

export type AwaitDeps = {
  readonly watch: PaymentWatch;
  /** How long a call waits for Toss before it is answered with what is known. */
  readonly confirmWaitMs: number;
  /** The outcome could not be recorded; the reconciler asks Toss again. */
  readonly onFault: (orderId: string, error: unknown) => void;
};

/**
 * The payment when its outcome is known, or as it is when the wait is over; what was begun goes on in any case. A call
 * that repeats another one waits for that one's save and makes no query meanwhile.
 */
export async function awaitOutcome(
  { payment, outcome }: Begun,
  isSettled: (payment: Payment) => boolean,
  deps: AwaitDeps,
): Promise<Payment> {
  const { watch, confirmWaitMs, onFault } = deps;
  if (outcome === undefined) return await watch.until(payment, isSettled, confirmWaitMs);
  const over = Promise.withResolvers<Payment>();
  const timer = setTimeout(() => over.resolve(payment), confirmWaitMs);
  const recorded = outcome.catch((error: unknown) => {
    onFault(payment.orderId, error);
    return over.promise;
  });
  try {
    return await Promise.race([recorded, over.promise]);
  } finally {
    clearTimeout(timer);
    over.resolve(payment);
  }
}
