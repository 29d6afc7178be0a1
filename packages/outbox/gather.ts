import { isPassing, UnavailableError } from "@payflow/database";

export type GatherOptions<Item, Result> = {
  /** Runs many items as one statement; the results are in the items' order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items with one key never share a statement: the later one waits. Without it any items may. */
  readonly keyOf?: (item: Item) => string;
  /** Items of different groups go out at once, each group by a run of its own. */
  readonly groupOf?: (item: Item) => string;
  /** Items a statement; 1 switches gathering off. At 500 PostgreSQL's cost of a row stops falling. */
  readonly max?: number | undefined;
  /** Items that may wait before new ones are refused. */
  readonly queueMax?: number;
  /** An item that is better refused than late: while more wait than go out together, for more than `lateMs` (750). */
  readonly isRefusable?: (item: Item) => boolean;
  readonly lateMs?: number;
  readonly nowMs?: () => number;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly sinceMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Returns a function that runs items together: while one statement is in flight, further items wait and go out as
 * the next one. A statement that fails by an item's fault is halved until that item alone fails.
 * Throws UnavailableError `overloaded` when too many wait, or for too long.
 */
export function createGather<Item, Result>(options: GatherOptions<Item, Result>) {
  const { max = 500, queueMax = 10_000, lateMs = 750, nowMs = () => performance.now() } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = false;
  let inFlight = 0;
  let hasFailed = false;
  // until a large statement has shown it: a half of what is late
  let lastItemMs = lateMs / max / 2;
  // the shorter of the last two: one may have lasted longer because it was sent again
  let itemMs = lastItemMs;

  function takeBatch(): Waiting<Item, Result>[] {
    const keys = new Set<string | undefined>();
    const batch: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    for (const entry of waiting) {
      const key = options.keyOf?.(entry.item);
      (batch.length < max && !keys.has(key) ? batch : later).push(entry);
      // also for one that waits: what comes after it under its key must not overtake it
      if (key !== undefined) keys.add(key);
    }
    waiting = later;
    return batch;
  }

  async function settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map((entry) => entry.item));
      batch.forEach((entry, index) => entry.resolve(results[index] as Result));
    } catch (error) {
      hasFailed = true;
      // one that will pass is no item's own: halving the batch would not find a culprit
      if (batch.length === 1 || isPassing(error))
        return batch.forEach((entry) => entry.reject(error));
      const middle = Math.ceil(batch.length / 2);
      await settle(batch.slice(0, middle));
      await settle(batch.slice(middle));
    }
  }

  async function drain(): Promise<void> {
    running = true;
    // lets everything that this turn of the event loop still brings join the first statement
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = takeBatch();
      const groups = Map.groupBy(batch, ({ item }) => options.groupOf?.(item));
      inFlight = batch.length;
      hasFailed = false;
      const sinceMs = nowMs();
      await Promise.all([...groups.values()].map(settle));
      if (!hasFailed && inFlight >= max / 4) {
        const ownItemMs = (nowMs() - sinceMs) / inFlight;
        itemMs = Math.min(lastItemMs, ownItemMs);
        lastItemMs = ownItemMs;
      }
      inFlight = 0;
    }
    running = false;
  }

  /** True when at least `max` wait, and the oldest has waited, or the newest will, for longer than `lateMs`. */
  const isLate = () => {
    // fewer go out together with the next statement: it may be slow, but they are not too many
    if (waiting.length < max) return false;
    const waitedMs = nowMs() - (waiting[0]?.sinceMs ?? Infinity);
    return Math.max(waitedMs, (waiting.length + inFlight) * itemMs) > lateMs;
  };
  const gather = (item: Item) =>
    new Promise<Result>((resolve, reject) => {
      if (waiting.length >= queueMax || (isLate() && options.isRefusable?.(item)))
        return reject(new UnavailableError("overloaded"));
      waiting.push({ item, sinceMs: nowMs(), resolve, reject });
      if (!running) void drain();
    });
  return Object.assign(gather, { isLate });
}
