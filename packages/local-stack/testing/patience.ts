import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

export type Patience = {
  /** Resolves when the time is over. */
  readonly over: Promise<void>;
  isOver(): boolean;
  end(): void;
};

/** How often the load is looked at. */
const tickMs = 50;

/** What a longer gap between two looks counts as: for the rest of it the machine, or this process, stood still. */
const gapMaxMs = 500;

/**
 * A time limit that a busy machine does not use up: while ten processes want each core, a second of it takes ten, and
 * while the machine stands still no time goes by. So a limit may be short enough to be met soon on a quiet machine, and
 * no test fails only because others run beside it.
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

/** Of the last minute, or at this moment where the system shows it: the larger one. */
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
