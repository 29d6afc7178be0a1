import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

export type Patience = {
  /** Resolves when the time is over. */
  readonly over: Promise<void>;
  isOver(): boolean;
  end(): void;
};

/** Interval between two samples of the load. */
const tickMs = 50;

/** A longer gap between two samples counts as this: the machine or this process was suspended. */
const gapMaxMs = 500;

/**
 * A time-out that grows with the load: with ten runnable processes per core, one second takes ten,
 * and the time of a suspended machine does not count. So a time-out can be short on an idle
 * machine, and no test fails only because others run in parallel.
 */
export function startPatience(
  quietMs: number,
  crowd: () => number = processesPerCore,
  clock: () => number = () => performance.now(),
): Patience {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let leftMs = quietMs;
  let lookedAtMs = clock();
  const look = () => {
    const now = clock();
    leftMs -= Math.min(now - lookedAtMs, gapMaxMs) / Math.max(1, crowd());
    lookedAtMs = now;
    if (leftMs > 0) return;
    clearInterval(timer);
    resolve();
  };
  const timer = setInterval(look, Math.max(1, Math.min(tickMs, quietMs)));
  return {
    over,
    isOver() {
      look();
      return leftMs <= 0;
    },
    end: () => clearInterval(timer),
  };
}

/** The load of the last minute or the current one, whichever is larger. */
function processesPerCore(): number {
  return Math.max(loadavg()[0] ?? 0, runnableNow()) / availableParallelism();
}

/** Field 4 of /proc/loadavg, `runnable/all` (https://man7.org/linux/man-pages/man5/proc_loadavg.5.html). */
function runnableNow(): number {
  try {
    const field = readFileSync("/proc/loadavg", "utf8").split(" ")[3] ?? "";
    return Number.parseInt(field, 10) || 0;
  } catch {
    return 0;
  }
}
