type Waiting = { readonly run: () => void };

/** More than this waiting means that Toss is down or far too slow: who comes next is told so at once. */
const queueMax = 2_000;

/**
 * One gate for every call to Toss: `perSecond` calls start each second (bursts of one second's worth), `atOnce` are
 * under way together, and calls that move money go before questions. Rejects with an Error when too many wait.
 */
export function createTossGate(limits: {
  readonly perSecond: number;
  readonly atOnce: number;
}): <T>(
  call: () => Promise<T>,
  options: { readonly urgent: boolean },
) => Promise<T> {
  let tokens = limits.perSecond;
  let filledAtMs = performance.now();
  let underWay = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const urgent: Waiting[] = [];
  const patient: Waiting[] = [];

  function refill(): void {
    const nowMs = performance.now();
    tokens = Math.min(
      limits.perSecond,
      tokens + ((nowMs - filledAtMs) / 1000) * limits.perSecond,
    );
    filledAtMs = nowMs;
  }

  function next(): void {
    refill();
    while (underWay < limits.atOnce && tokens >= 1) {
      const waiting = urgent.shift() ?? patient.shift();
      if (waiting === undefined) return;
      tokens -= 1;
      underWay += 1;
      waiting.run();
    }
    if (tokens < 1 && urgent.length + patient.length > 0) {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          next();
        },
        Math.ceil(1000 / limits.perSecond),
      );
    }
  }

  return (call, options) =>
    new Promise((resolve, reject) => {
      const queue = options.urgent ? urgent : patient;
      if (queue.length >= queueMax) {
        reject(new Error(`More than ${queueMax} calls to Toss are waiting`));
        return;
      }
      queue.push({
        run: () => {
          call()
            .then(resolve, reject)
            .finally(() => {
              underWay -= 1;
              next();
            });
        },
      });
      next();
    });
}
