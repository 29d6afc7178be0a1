/**
 * Places for outgoing calls by kind: calls that hang take no place of another kind. `perSecond` also limits the rate of
 * all calls together, and is the largest burst; calls that wait for it begin in the order of `kinds`. Rejects, and makes
 * no call, when `waitingMax` calls of the kind wait already, or when the signal aborts while the call waits.
 */
export function createCallGate<Kind extends string>(
  kinds: Readonly<Record<Kind, { readonly places: number; readonly waitingMax: number }>>,
  perSecond = Infinity,
) {
  const laneOf = (kind: Kind) => ({
    ...kinds[kind],
    kind,
    taken: 0,
    waiting: new Set<() => void>(),
  });
  const lanes = (Object.keys(kinds) as Kind[]).map(laneOf);
  const intervalMs = 1_000 / perSecond;
  /** Until when the calls that have begun use up the rate. */
  let usedUntilMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function next(): void {
    for (;;) {
      const lane = lanes.find(({ waiting, taken, places }) => waiting.size > 0 && taken < places);
      if (lane === undefined) return;
      const nowMs = performance.now();
      const untilMs = Math.max(usedUntilMs, nowMs) + intervalMs;
      if (untilMs > nowMs + 1_000) break;
      usedUntilMs = untilMs;
      const [begin = () => {}] = lane.waiting;
      lane.waiting.delete(begin);
      lane.taken += 1;
      begin();
    }
    timer ??= setTimeout(again, Math.ceil(intervalMs));
  }

  function again(): void {
    timer = undefined;
    next();
  }

  async function run<T>(kind: Kind, call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const lane = lanes.find((one) => one.kind === kind) as ReturnType<typeof laneOf>;
    const { promise: turn, resolve: begin, reject } = Promise.withResolvers<void>();
    lane.waiting.add(begin);
    next();
    if (lane.waiting.size > lane.waitingMax && lane.waiting.delete(begin))
      throw new Error(`All slots for calls of kind "${kind}" are taken`);
    const late = `A call of kind "${kind}" waited too long for a place`;
    const giveUp = () =>
      lane.waiting.delete(begin) && reject(new Error(late, { cause: signal.reason }));
    signal.addEventListener("abort", giveUp, { once: true });
    await turn;
    try {
      return await call();
    } finally {
      lane.taken -= 1;
      next();
    }
  }

  const pools = lanes.map((lane) => {
    const { kind, places: size } = lane;
    return [kind, () => ({ size, taken: lane.taken, waiting: lane.waiting.size })] as const;
  });
  return Object.assign(run, { pools });
}
