/** A bounded number of calls of one kind under way together. */
export type CallPool = {
  /**
   * Runs the call when there is a place, and frees the place when its promise has settled. Rejects with an Error, and
   * nothing was called, when too many wait already or the signal aborts while it waits.
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
};

export function createCallPool(options: {
  readonly name: string;
  /** Calls under way together. */
  readonly places: number;
  /** Calls that may wait for a place; one more is refused at once. */
  readonly waitingMax: number;
}): CallPool {
  const { name, places, waitingMax } = options;
  const waiting = new Set<() => void>();
  let underWay = 0;

  function place(signal: AbortSignal): Promise<void> {
    if (underWay < places) {
      underWay += 1;
      return Promise.resolve();
    }
    if (waiting.size >= waitingMax)
      return Promise.reject(
        new Error(`All ${places} places for calls of kind "${name}" are taken`),
      );
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(begin);
        reject(signal.reason as Error);
      };
      waiting.add(begin);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  return {
    async run(call, signal) {
      await place(signal);
      try {
        return await call();
      } finally {
        const [next] = waiting;
        // a place that is handed on stays taken
        if (next === undefined) underWay -= 1;
        else {
          waiting.delete(next);
          next();
        }
      }
    },
  };
}
