import type { Payment } from "../domain/payment.ts";
import type { AwaitOutcome, PaymentWatch } from "./ports.ts";

/** A call that repeats another one waits for that one's save and makes no query meanwhile. */
export function createAwaitOutcome(options: {
  readonly watch: PaymentWatch;
  /** How long a call waits for the PSP before it is answered with what is known. */
  readonly waitMs: number;
  /** The outcome could not be recorded; the reconciler queries the PSP again. */
  readonly onFault: (orderId: string, error: unknown) => void;
}): AwaitOutcome {
  const { watch, waitMs, onFault } = options;
  return async ({ payment, outcome }, isSettled) => {
    if (outcome === undefined) return await watch.until(payment, isSettled, waitMs);
    const over = Promise.withResolvers<Payment>();
    const timer = setTimeout(() => over.resolve(payment), waitMs);
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
  };
}
