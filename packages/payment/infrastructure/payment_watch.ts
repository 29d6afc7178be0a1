import { createWatch, type Log, type Worker } from "@payflow/outbox";
import type { PaymentWatch } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** Wakes calls that wait for a payment, whichever replica saves it. */
export function createPaymentWatch(
  /** Those of the given payments that have a higher version by now. */
  findNewer: (known: readonly Payment[]) => Promise<readonly Payment[]>,
  log: Log,
): PaymentWatch & {
  /** This process has saved a new version. */
  notify(payment: Payment): void;
  readonly worker: Worker;
} {
  const { notify, subscribe, worker } = createWatch<Payment>({
    name: "payment watch",
    idOf: ({ orderId }) => orderId,
    findNewer,
    log,
  });

  async function until(
    payment: Payment,
    isSettled: (payment: Payment) => boolean,
    withinMs: number,
  ): Promise<Payment> {
    const settled = Promise.withResolvers<void>();
    const { newest, end } = subscribe(payment, (newer) => {
      if (isSettled(newer)) settled.resolve();
    });
    const timer = setTimeout(settled.resolve, withinMs);
    try {
      if (!isSettled(newest())) await settled.promise;
      return newest();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  return { until, notify, worker };
}
