/** A longer queue means that Toss is down or far too slow: further calls are rejected at once. */
const queueMax = 2_000;

/** By priority: calls that take money, calls that return it, calls that move none. */
export const tossCallKinds = ["confirm", "cancel", "query"] as const;
type TossCallKind = (typeof tossCallKinds)[number];

/**
 * One rate limit for all calls to Toss, with slots for each kind of call. Rejects with an Error, and sends nothing,
 * when a queue is full or a call has waited too long.
 */
export function createTossGate(limits: {
  /** Calls started per second; also the largest burst. */
  readonly perSecond: number;
  /** Concurrent calls of each kind: calls that hang take no slots of the other kinds. */
  readonly atOnce: Readonly<Record<TossCallKind, number>>;
  /** How long a call may wait for its turn. */
  readonly waitMs: number;
}) {
  let tokens = limits.perSecond;
  let filledAtMs = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const underWay = { confirm: 0, cancel: 0, query: 0 };
  const queueOf = () => new Set<() => void>();
  const queues = { confirm: queueOf(), cancel: queueOf(), query: queueOf() };

  function again(): void {
    timer = undefined;
    next();
  }

  function next(): void {
    const nowMs = performance.now();
    tokens = Math.min(limits.perSecond, tokens + ((nowMs - filledAtMs) / 1000) * limits.perSecond);
    filledAtMs = nowMs;
    for (;;) {
      const kind = tossCallKinds.find(
        (name) => queues[name].size > 0 && underWay[name] < limits.atOnce[name],
      );
      if (kind === undefined) return;
      if (tokens < 1) break;
      const [begin = () => {}] = queues[kind];
      queues[kind].delete(begin);
      tokens -= 1;
      underWay[kind] += 1;
      begin();
    }
    timer ??= setTimeout(again, Math.ceil(1000 / limits.perSecond));
  }

  async function run<T>(call: () => Promise<T>, kind: TossCallKind): Promise<T> {
    const queue = queues[kind];
    if (queue.size >= queueMax) throw new Error(`More than ${queueMax} calls to Toss are waiting`);
    const { promise: turn, resolve: begin, reject } = Promise.withResolvers<void>();
    const tooLate = setTimeout(() => {
      queue.delete(begin);
      reject(new Error(`Toss was too busy to be called for ${limits.waitMs / 1000} s`));
    }, limits.waitMs);
    queue.add(begin);
    next();
    await turn;
    clearTimeout(tooLate);
    try {
      return await call();
    } finally {
      underWay[kind] -= 1;
      next();
    }
  }

  /** The used slots and the queue of a kind. */
  const state = (kind: TossCallKind) => ({
    size: limits.atOnce[kind],
    taken: underWay[kind],
    waiting: queues[kind].size,
  });
  return Object.assign(run, { state });
}
