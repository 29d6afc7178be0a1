import { createWorker, type Log } from "@payflow/database";

/** How often one query looks for changes that other replicas saved. */
const pollMs = 500;

/** Notifies of new versions of watched aggregates: at once when this process saves one, else within `pollMs`. */
export function createWatch<Item extends { readonly version: number }>(options: {
  readonly name: string;
  readonly idOf: (item: Item) => string;
  /** May return versions that are not newer; those are ignored. */
  readonly findNewer: (known: readonly Item[]) => Promise<readonly Item[]>;
  readonly log: Log;
}) {
  const { idOf, findNewer } = options;
  type Entry = { newest: Item; readonly listeners: Set<() => void> };
  const entries = new Map<string, Entry>();
  /** The newest known version of each watched aggregate. */
  const watched = () => [...entries.values()].map(({ newest }) => newest);

  /** This process has saved a new version. */
  function notify(item: Item): void {
    const entry = entries.get(idOf(item));
    if (entry === undefined || item.version <= entry.newest.version) return;
    entry.newest = item;
    for (const onNewer of entry.listeners) onNewer();
  }

  return {
    notify,
    watched,
    /** Yields the newest version that any caller has seen, at once and whenever there is a newer one, until the abort. */
    async *watch(item: Item, signal: AbortSignal): AsyncGenerator<Item, void> {
      const entry: Entry = entries.get(idOf(item)) ?? { newest: item, listeners: new Set() };
      entries.set(idOf(item), entry);
      // this caller may have loaded a newer version than the others
      notify(item);
      let change = Promise.withResolvers<void>();
      const onChange = () => change.resolve();
      entry.listeners.add(onChange);
      signal.addEventListener("abort", onChange);
      try {
        while (!signal.aborted) {
          yield entry.newest;
          await change.promise;
          change = Promise.withResolvers();
        }
      } finally {
        entry.listeners.delete(onChange);
        if (entry.listeners.size === 0) entries.delete(idOf(item));
        signal.removeEventListener("abort", onChange);
      }
    },
    worker: createWorker({
      name: options.name,
      idleMs: pollMs,
      log: options.log,
      runOnce: async () => {
        if (entries.size === 0) return;
        for (const item of await findNewer(watched())) notify(item);
      },
    }),
  };
}
