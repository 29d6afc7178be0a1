/**
 * A bounded number of concurrent calls of one kind. The pool runs a call when it has a free place, and frees the place
 * when the call's promise has settled. It rejects with an Error, without a call, when `waitingMax` calls wait already
 * or the signal aborts while the call waits.
 */
export function createCallPool(options: {
  readonly name: string;
  readonly places: number;
  readonly waitingMax: number;
}) {
  const { name, places, waitingMax } = options;
  const waiting = new Set<() => void>();
  let underWay = 0;
  const run = async <T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    if (underWay < places) underWay += 1;
    else if (waiting.size >= waitingMax)
      throw new Error(`All ${places} places for calls of kind "${name}" are taken`);
    else {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.add(resolve);
      const giveUp = () => waiting.delete(resolve) && reject(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      await promise;
    }
    try {
      return await call();
    } finally {
      const [next] = waiting;
      // the place passes to the next waiting call, so `underWay` stays the same
      if (next === undefined) underWay -= 1;
      else waiting.delete(next);
      next?.();
    }
  };
  const state = () => ({ size: places, taken: underWay, waiting: waiting.size });
  return Object.assign(run, { state });
}
