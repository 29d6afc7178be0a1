import type { Log } from "./log.ts";
import { backoffMs, pause } from "./pause.ts";

export type Worker = ReturnType<typeof createWorker>;

export type WorkerOptions = {
  readonly name: string;
  /** Does one batch of work and returns its size; nothing or 0 means that nothing is due. */
  readonly runOnce: (signal: AbortSignal) => Promise<number | void>;
  /** How long to wait when nothing is due. */
  readonly idleMs: number;
  readonly log: Log;
  /** The back-off after errors doubles up to this. */
  readonly backoffMaxMs?: number;
  /** Errors that are logged as warnings only after `expectedMax` of them in a row. */
  readonly isExpected?: (error: unknown) => boolean;
};

const expectedMax = 5;
/** While a worker fails, it logs one warning in this time: an outage makes many workers fail, every few seconds. */
const warnEveryMs = 60_000;

/** Repeats `runOnce`: at once while there is work, else after `idleMs` or `wake()`; with back-off after errors. */
export function createWorker(options: WorkerOptions) {
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;
  let wakeUp = new AbortController();
  let busySinceMs: number | undefined;

  async function repeat(): Promise<void> {
    let faults = 0;
    let warnedAtMs = -Infinity;
    while (!stopping.signal.aborted) {
      if (wakeUp.signal.aborted) wakeUp = new AbortController();
      busySinceMs ??= performance.now();
      let waitMs = 0;
      try {
        const done = await options.runOnce(stopping.signal);
        if (warnedAtMs > 0) options.log.info({ worker: options.name }, "works again");
        warnedAtMs = -Infinity;
        faults = 0;
        busySinceMs = undefined;
        if (!done) waitMs = options.idleMs;
      } catch (error) {
        faults += 1;
        waitMs = backoffMs(faults, { firstMs: 100, maxMs: options.backoffMaxMs ?? 5_000 });
        const isDue = performance.now() - warnedAtMs >= warnEveryMs;
        const isNews = isDue && (faults > expectedMax || !options.isExpected?.(error));
        if (isNews) warnedAtMs = performance.now();
        const fields = { worker: options.name, err: error, faults };
        options.log[isNews ? "warn" : "debug"](fields, "failed, will try again");
      }
      if (waitMs > 0) await pause(waitMs, (faults > 0 ? stopping : wakeUp).signal);
    }
  }

  return {
    name: options.name,
    /** Time since the last successful round ended; 0 while nothing is due. */
    behindMs: () => (busySinceMs === undefined ? 0 : performance.now() - busySinceMs),
    start(): void {
      loop ??= repeat();
    },
    /** Ends an idle wait, but no back-off. */
    wake: () => wakeUp.abort(),
    /** Resolves when the current round has ended. */
    async stop(): Promise<void> {
      stopping.abort();
      wakeUp.abort();
      await loop;
    },
  };
}
