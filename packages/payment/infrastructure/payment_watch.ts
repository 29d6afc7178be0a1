import type { Log } from "@payflow/database";
import { createWatch } from "@payflow/outbox";
import type { AwaitOutcome } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** Wakes requests that wait for a payment, whichever replica saves it. `notify` reports the saves of this replica. */
export function createPaymentWatch(options: {
  readonly waitMs: number;
  /** The given payments that now have a higher version. */
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
    // a repeated request waits for the save of the first one, and makes no query
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
