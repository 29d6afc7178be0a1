import { isTemporary, UnavailableError } from "@payflow/database";

export type GatherOptions<Item, Result> = {
  /** Runs many items as one statement; returns the results in the order of the items. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items with the same key never share a statement: the later one waits. */
  readonly keyOf?: (item: Item) => string;
  /** Each group of a batch gets its own `run`; these run concurrently. */
  readonly groupOf?: (item: Item) => string;
  /** Items per statement; 1 disables batching. Above 500, PostgreSQL's cost per row does not fall further. */
  readonly max?: number | undefined;
  /** Length of the queue; further items are rejected. */
  readonly queueMax?: number;
  /** Items to reject when at least `max` items wait and the wait exceeds `lateMs` (default 750). */
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
 * Returns a function that batches items: items that arrive while a statement is in flight wait for the next one.
 * A batch that fails because of an item is halved and retried, until only that item fails.
 * Throws UnavailableError `overloaded` when the queue is full or a refusable item would be late.
 */
export function createGather<Item, Result>(options: GatherOptions<Item, Result>) {
  const { max = 500, queueMax = 10_000, lateMs = 750, nowMs = () => performance.now() } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = false;
  let inFlight = 0;
  let hasFailed = false;
  // an estimate until a large statement was measured: a full batch takes half of `lateMs`
  let lastItemMs = lateMs / max / 2;
  // the smaller of the last two measurements: a retried statement takes longer than usual
  let itemMs = lastItemMs;

  function takeBatch(): Waiting<Item, Result>[] {
    const keys = new Set<string | undefined>();
    const batch: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    for (const entry of waiting) {
      const key = options.keyOf?.(entry.item);
      (batch.length < max && !keys.has(key) ? batch : later).push(entry);
      // also for an item that stays in the queue: later items of its key must not overtake it
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
      // no item causes a temporary error: halving the batch would not isolate one
      if (batch.length === 1 || isTemporary(error))
        return batch.forEach((entry) => entry.reject(error));
      const middle = Math.ceil(batch.length / 2);
      await settle(batch.slice(0, middle));
      await settle(batch.slice(middle));
    }
  }

  async function drain(): Promise<void> {
    running = true;
    // lets other items of this turn of the event loop join the first statement
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

  /** True when at least `max` items wait, and the oldest has waited, or a new one would wait, longer than `lateMs`. */
  const isLate = () => {
    // the next statement takes all of them: it may be slow, but there is no overload
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
