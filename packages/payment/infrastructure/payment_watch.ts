import { within, type Log } from "@payflow/database";
import { createWatch } from "@payflow/outbox";
import type { AwaitOutcome } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** Wakes requests that wait for a payment, whichever replica saves it. `notify` reports the saves of this replica. */
export function createPaymentWatch(options: {
  readonly waitMs: number;
  readonly findNewer: (known: readonly Payment[]) => Promise<readonly Payment[]>;
  /** An outcome could not be recorded; the reconciler queries the PSP again. */
  readonly onFault: (payment: Payment, error: unknown) => void;
  readonly log: Log;
}) {
  const { waitMs, findNewer, onFault, log } = options;
  const { notify, watch, worker } = createWatch<Payment>({
    name: "payment watch",
    idOf: ({ orderId }) => orderId,
    findNewer,
    log,
  });

  const awaitOutcome: AwaitOutcome = async ({ payment, outcome }, isSettled) => {
    if (outcome !== undefined) {
      outcome.catch((error: unknown) => onFault(payment, error));
      return await within(outcome, waitMs).catch(() => payment);
    }
    // a repeated request waits for the save of the first one, and makes no query
    let newest = payment;
    for await (newest of watch(payment, AbortSignal.timeout(waitMs))) if (isSettled(newest)) break;
    return newest;
  };

  return { notify, worker, awaitOutcome };
}
