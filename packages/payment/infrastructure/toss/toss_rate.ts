type Waiting = { readonly run: () => void };

/** More than this waiting means that Toss is down or far too slow: who comes next is told so at once. */
const queueMax = 2_000;

export type TossGateLimits = {
  /** Calls that begin each second; bursts of one second's worth. */
  readonly perSecond: number;
  /** Calls under way together. */
  readonly atOnce: number;
  /** Of these, questions; so many as hang leave the rest to calls that move money. */
  readonly questionsAtOnce: number;
  /** How long a call may wait for its turn. */
  readonly waitMs: number;
};

/**
 * One gate for every call to Toss; calls that move money go before questions. Rejects with an Error, and nothing was
 * sent, when too many wait or a call has waited for too long.
 */
export function createTossGate(
  limits: TossGateLimits,
): <T>(
  call: () => Promise<T>,
  options: { readonly urgent: boolean },
) => Promise<T> {
  let tokens = limits.perSecond;
  let filledAtMs = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const underWay = { urgent: 0, patient: 0 };
  const urgent = new Set<Waiting>();
  const patient = new Set<Waiting>();

  function refill(): void {
    const nowMs = performance.now();
    tokens = Math.min(
      limits.perSecond,
      tokens + ((nowMs - filledAtMs) / 1000) * limits.perSecond,
    );
    filledAtMs = nowMs;
  }

  function mayBegin(queue: ReadonlySet<Waiting>): boolean {
    const isFull = underWay.urgent + underWay.patient >= limits.atOnce;
    if (queue.size === 0 || isFull) return false;
    return queue === urgent || underWay.patient < limits.questionsAtOnce;
  }

  function next(): void {
    refill();
    for (;;) {
      const queue = [urgent, patient].find(mayBegin);
      if (queue === undefined) return;
      if (tokens < 1) break;
      const [waiting] = queue as Set<Waiting> & Iterable<Waiting>;
      if (waiting === undefined) return;
      queue.delete(waiting);
      tokens -= 1;
      waiting.run();
    }
    timer ??= setTimeout(
      () => {
        timer = undefined;
        next();
      },
      Math.ceil(1000 / limits.perSecond),
    );
  }

  return (call, options) =>
    new Promise((resolve, reject) => {
      const queue = options.urgent ? urgent : patient;
      const kind = options.urgent ? "urgent" : "patient";
      if (queue.size >= queueMax) {
        reject(new Error(`More than ${queueMax} calls to Toss are waiting`));
        return;
      }
      const waiting: Waiting = {
        run() {
          clearTimeout(tooLate);
          underWay[kind] += 1;
          call()
            .then(resolve, reject)
            .finally(() => {
              underWay[kind] -= 1;
              next();
            });
        },
      };
      const tooLate = setTimeout(() => {
        queue.delete(waiting);
        const seconds = limits.waitMs / 1000;
        reject(new Error(`Toss was too busy to be called for ${seconds} s`));
      }, limits.waitMs);
      queue.add(waiting);
      next();
    });
}
