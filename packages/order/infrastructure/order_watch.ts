import { createWatch, type Log } from "@payflow/outbox";
import type { OrderQueries } from "../application/ports.ts";

export type OrderWatch = ReturnType<typeof createOrderWatch>;

/** Tells pages of new versions of the orders that they show, whichever replica saved them. */
export function createOrderWatch(queries: Pick<OrderQueries, "listVersions">, log: Log) {
  const { notify, subscribe, watched, worker } = createWatch<{ id: string; version: number }>({
    name: "order watch",
    idOf: ({ id }) => id,
    findNewer: (known) => queries.listVersions(known.map(({ id }) => id)),
    log,
  });

  /** Yields at once, then whenever the order may have changed, until the signal aborts. */
  async function* watch(orderId: string, signal: AbortSignal): AsyncIterable<void> {
    let change = Promise.withResolvers<void>();
    const onChange = () => change.resolve();
    const subscription = subscribe({ id: orderId, version: 0 }, onChange);
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
    notify: (order: { readonly orderId: string; readonly version: number }) =>
      notify({ id: order.orderId, version: order.version }),
    /** The orders that anybody is looking at. */
    listWatched: () => watched().map(({ id }) => id),
  };
}
