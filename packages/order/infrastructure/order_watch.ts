import type { OrderQueries } from "./postgres_order_queries.ts";
import { createWorker } from "@payflow/outbox";
import { type Logger } from "@payflow/shared/http";

/** One query for all watched orders this often, for changes that another replica saved. */
const lookEveryMs = 500;

export type OrderWatch = ReturnType<typeof createOrderWatch>;

/** Tells pages of new versions of the orders that they show, whichever replica saved them. */
export function createOrderWatch(queries: OrderQueries, log: Logger) {
  const watched = new Map<string, { version: number; wake: Set<() => void> }>();

  /** This process has saved a new version. */
  function notify(orderId: string): void {
    for (const wake of watched.get(orderId)?.wake ?? []) wake();
  }

  const worker = createWorker({
    name: "order watch",
    idleMs: lookEveryMs,
    log,
    runOnce: async () => {
      if (watched.size === 0) return 0;
      for (const { id, version } of await queries.listVersions([...watched.keys()])) {
        const entry = watched.get(id);
        if (entry === undefined || entry.version === version) continue;
        entry.version = version;
        notify(id);
      }
      return 0;
    },
  });

  /** Yields at once, then whenever the order may have changed, until the signal aborts. */
  async function* watch(orderId: string, signal: AbortSignal): AsyncIterable<void> {
    let changed = true;
    let wake = () => {};
    const onChange = () => {
      changed = true;
      wake();
    };
    const entry = watched.get(orderId) ?? { version: 0, wake: new Set() };
    entry.wake.add(onChange);
    watched.set(orderId, entry);
    signal.addEventListener("abort", onChange);
    try {
      while (!signal.aborted) {
        if (changed) {
          changed = false;
          yield;
          continue;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      entry.wake.delete(onChange);
      if (entry.wake.size === 0) watched.delete(orderId);
      signal.removeEventListener("abort", onChange);
    }
  }

  /** `listWatched`: the orders that anybody is looking at. */
  return { notify, watch, worker, listWatched: () => [...watched.keys()] };
}
