import { createWatch, type Log } from "@payflow/outbox";
import type { AwaitOutcome } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** Wakes calls that wait for a payment, whichever replica saves it: `notify` tells of those that this one saved. */
export function createPaymentWatch(
  /** Those of the given payments that have a higher version by now. */
  findNewer: (known: readonly Payment[]) => Promise<readonly Payment[]>,
  log: Log,
) {
  const { notify, subscribe, worker } = createWatch<Payment>({
    name: "payment watch",
    idOf: ({ orderId }) => orderId,
    findNewer,
    log,
  });

  /** Resolves with the first version that `isSettled`, or with the newest known one when `withinMs` is over. */
  async function until(
    payment: Payment,
    isSettled: (payment: Payment) => boolean,
    withinMs: number,
  ): Promise<Payment> {
    const over = Promise.withResolvers<void>();
    const { newest, end } = subscribe(payment, (newer) => isSettled(newer) && over.resolve());
    const timer = setTimeout(over.resolve, withinMs);
    try {
      if (!isSettled(newest())) await over.promise;
      return newest();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  return {
    until,
    notify,
    worker,
    /** For calls that wait so long for the PSP; one that repeats another waits for that one's save and makes no query. */
    awaitOutcome:
      (
        waitMs: number,
        /** The outcome could not be recorded; the reconciler queries the PSP again. */
        onFault: (payment: Payment, error: unknown) => void,
      ): AwaitOutcome =>
      async ({ payment, outcome }, isSettled) => {
        if (outcome === undefined) return await until(payment, isSettled, waitMs);
        const over = Promise.withResolvers<Payment>();
        const timer = setTimeout(over.resolve, waitMs, payment);
        void outcome.then(over.resolve, (error: unknown) => onFault(payment, error));
        return await over.promise.finally(() => clearTimeout(timer));
      },
  };
}
