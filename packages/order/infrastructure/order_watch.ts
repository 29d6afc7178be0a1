import type { Log } from "@payflow/database";
import { createWatch } from "@payflow/outbox";
import type { OrderQueries, OrderVersion } from "../application/ports.ts";

export type OrderWatch = ReturnType<typeof createOrderWatch>;

/** Tells pages of new versions of the orders that they show, whichever replica saved them. */
export function createOrderWatch(queries: Pick<OrderQueries, "listVersions">, log: Log) {
  const { notify, subscribe, watched, worker } = createWatch<OrderVersion>({
    name: "order watch",
    idOf: ({ orderId }) => orderId,
    findNewer: (known) => queries.listVersions(known.map(({ orderId }) => orderId)),
    log,
  });

  /** Yields at once, then whenever the order may have changed, until the signal aborts. */
  async function* watch(orderId: string, signal: AbortSignal): AsyncIterable<void> {
    let change = Promise.withResolvers<void>();
    const onChange = () => change.resolve();
    const subscription = subscribe({ orderId, version: 0, status: "PENDING" }, onChange);
    signal.addEventListener("abort", onChange);
    try {
      while (!signal.aborted) {
        yield;
        await change.promise;
        change = Promise.withResolvers();
      }
    } finally {
      subscription.end();
      signal.removeEventListener("abort", onChange);
    }
  }

  return {
    watch,
    worker,
    notify: ({ orderId, version, status }: OrderVersion) => notify({ orderId, version, status }),
    /** Watched orders that wait for a deposit. */
    listAwaitingDeposit: () =>
      watched().flatMap(({ orderId, status }) => (status === "AWAITING_DEPOSIT" ? orderId : [])),
  };
}
