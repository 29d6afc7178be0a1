import type { Log } from "@payflow/database";
import { createWatch } from "@payflow/outbox";
import type { AwaitOutcome } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** Wakes calls that wait for a payment, whichever replica saves it: `notify` tells of those that this one saved. */
export function createPaymentWatch(options: {
  readonly waitMs: number;
  /** Those of the given payments that have a higher version by now. */
  readonly findNewer: (known: readonly Payment[]) => Promise<readonly Payment[]>;
  /** An outcome could not be recorded; the reconciler queries the PSP again. */
  readonly onFault: (payment: Payment, error: unknown) => void;
  readonly log: Log;
}) {
  const { waitMs, findNewer, onFault, log } = options;
  const { notify, subscribe, worker } = createWatch<Payment>({
    name: "payment watch",
    idOf: ({ orderId }) => orderId,
    findNewer,
    log,
  });

  const awaitOutcome: AwaitOutcome = async ({ payment, outcome }, isSettled) => {
    const over = Promise.withResolvers<Payment | undefined>();
    const timer = setTimeout(over.resolve, waitMs);
    void outcome?.then(over.resolve, (error: unknown) => onFault(payment, error));
    // one that repeats another waits for that one's save, and makes no query
    const saves = outcome
      ? undefined
      : subscribe(payment, (newer) => isSettled(newer) && over.resolve(newer));
    try {
      if (saves && isSettled(saves.newest())) return saves.newest();
      return (await over.promise) ?? saves?.newest() ?? payment;
    } finally {
      clearTimeout(timer);
      saves?.end();
    }
  };

  return { notify, worker, awaitOutcome };
}
