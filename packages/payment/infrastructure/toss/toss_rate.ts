/** More than this waiting means that Toss is down or far too slow: who comes next is told so at once. */
const queueMax = 2_000;

/** First what takes money, then what returns it, then what moves none. */
export const tossCallKinds = ["confirm", "cancel", "query"] as const;
type TossCallKind = (typeof tossCallKinds)[number];

/**
 * One gate for every call to Toss, with places of its own for each kind of call. Rejects with an Error, and nothing
 * was sent, when too many of a kind wait or a call has waited for too long.
 */
export function createTossGate(limits: {
  /** Calls that begin each second; bursts of one second's worth. */
  readonly perSecond: number;
  /** Calls of each kind under way together: those of one kind that hang leave the places of the others. */
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

  /** How full the places of a kind are. */
  const state = (kind: TossCallKind) => ({
    size: limits.atOnce[kind],
    taken: underWay[kind],
    waiting: queues[kind].size,
  });
  return Object.assign(run, { state });
}
