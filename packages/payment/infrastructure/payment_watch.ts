import { createWorker, type Worker } from "@payflow/outbox";
import { type Logger } from "@payflow/shared/http";
import type { PaymentWatch } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";

/** One query for all watched payments this often, for changes that another replica saved. */
const lookEveryMs = 500;

/**
 * Wakes calls that wait for a payment: at once when this process saves it, within `lookEveryMs` when another one does.
 * However many calls wait, they cost one query together.
 */
export function createPaymentWatch(
  /** Those of the given payments that have a higher version by now. */
  findNewer: (known: readonly Payment[]) => Promise<readonly Payment[]>,
  log: Logger,
): PaymentWatch & {
  /** This process has saved a new version. */
  notify(payment: Payment): void;
  readonly worker: Worker;
} {
  const watched = new Map<
    string,
    { newest: Payment; readonly waiting: Set<(payment: Payment) => void> }
  >();

  function notify(payment: Payment): void {
    const entry = watched.get(payment.orderId);
    if (entry === undefined || payment.version <= entry.newest.version) return;
    entry.newest = payment;
    for (const tell of entry.waiting) tell(payment);
  }

  const worker = createWorker({
    name: "payment watch",
    idleMs: lookEveryMs,
    log,
    runOnce: async () => {
      if (watched.size === 0) return 0;
      const known = [...watched.values()].map(({ newest }) => newest);
      for (const payment of await findNewer(known)) notify(payment);
      return 0;
    },
  });

  async function until(
    payment: Payment,
    isSettled: (payment: Payment) => boolean,
    withinMs: number,
  ): Promise<Payment> {
    const { orderId } = payment;
    const entry = watched.get(orderId) ?? { newest: payment, waiting: new Set() };
    watched.set(orderId, entry);
    // of a call that comes later, or that loaded the payment earlier
    notify(payment);
    if (isSettled(entry.newest)) {
      if (entry.waiting.size === 0) watched.delete(orderId);
      return entry.newest;
    }
    const settled = Promise.withResolvers<void>();
    const tell = (newer: Payment) => {
      if (isSettled(newer)) settled.resolve();
    };
    const timer = setTimeout(settled.resolve, withinMs);
    entry.waiting.add(tell);
    try {
      await settled.promise;
      return entry.newest;
    } finally {
      clearTimeout(timer);
      entry.waiting.delete(tell);
      if (entry.waiting.size === 0) watched.delete(orderId);
    }
  }

  return { until, notify, worker };
}
