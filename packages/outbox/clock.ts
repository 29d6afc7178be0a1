import { sql, type Kysely } from "kysely";
import type { Log } from "./log.ts";
import { createWorker, type Worker } from "./worker.ts";

/** The time now as ISO 8601 in UTC with milliseconds. */
export type Clock = { now(): string };

/** The offset is measured anew this often: computer clocks drift by milliseconds in that time. */
const measureEveryMs = 30_000;
/** No clock drifts so far in that time: then one of this computer's was set, or stood still while it slept. */
const stepMs = 1_000;

type Offset = {
  /** What added to this process's steady clock (performance.now()) gives the database's time. */
  readonly ms: number;
  /** The same for this computer's clock, which anybody may set: only to see that the two part. */
  readonly computersMs: number;
};

/**
 * A clock that every replica shares: the database's. Its offset to this process's steady clock is measured at the
 * start, every 30 s, and when this computer's clock was set; the measure with the shortest round trip of three counts,
 * so it is right to within half of that trip.
 */
export async function databaseClock(
  db: Kysely<never>,
  log: Log,
): Promise<Clock & { worker: Worker }> {
  let offset = await measureOffset(db);
  const worker = createWorker({
    name: "clock",
    idleMs: measureEveryMs,
    log,
    runOnce: async () => {
      offset = await measureOffset(db);
      return 0;
    },
  });
  return {
    now() {
      const partedMs = computersOffsetMs() - offset.computersMs;
      if (Math.abs(partedMs) > stepMs) worker.wake();
      return new Date(performance.now() + offset.ms).toISOString();
    },
    worker,
  };
}

const computersOffsetMs = () => Date.now() - performance.now();

async function measureOffset(db: Kysely<never>): Promise<Offset> {
  let best = { tripMs: Infinity, offsetMs: 0 };
  for (let sample = 0; sample < 3; sample++) {
    const sentAt = performance.now();
    const { rows } = await sql<{ now: string }>`select clock_timestamp() as now`.execute(db);
    const tripMs = performance.now() - sentAt;
    const offsetMs = Date.parse((rows[0] as { now: string }).now) - (sentAt + tripMs / 2);
    if (tripMs < best.tripMs) best = { tripMs, offsetMs };
  }
  return { ms: best.offsetMs, computersMs: computersOffsetMs() };
}
