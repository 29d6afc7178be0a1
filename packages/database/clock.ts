import { sql, type Kysely } from "kysely";
import type { Log } from "./log.ts";
import { createWorker } from "./worker.ts";

/** Clocks drift by milliseconds in this time. */
const measureEveryMs = 30_000;
/** More than any drift: this computer's clock was set, or stopped during sleep. */
const stepMs = 1_000;

/**
 * The database's clock, which all replicas share. Its offset to this process's monotonic clock is measured at the start,
 * every 30 s, and after this computer's clock was set, by the shortest of three round trips: the error is half of it at most.
 */
export async function databaseClock(db: Kysely<never>, log: Log) {
  let offset = await measureOffset(db);
  const worker = createWorker({
    name: "clock",
    idleMs: measureEveryMs,
    log,
    runOnce: async () => {
      offset = await measureOffset(db);
    },
  });
  return {
    /** The time now as ISO 8601 in UTC with milliseconds. */
    now() {
      const partedMs = computersOffsetMs() - offset.computersMs;
      if (Math.abs(partedMs) > stepMs) worker.wake();
      return new Date(performance.now() + offset.ms).toISOString();
    },
    worker,
  };
}

const computersOffsetMs = () => Date.now() - performance.now();

async function measureOffset(db: Kysely<never>) {
  let best = { tripMs: Infinity, ms: 0 };
  for (let sample = 0; sample < 3; sample++) {
    const sentAt = performance.now();
    const { rows } = await sql<{ now: string }>`select clock_timestamp() as now`.execute(db);
    const tripMs = performance.now() - sentAt;
    const ms = Date.parse(rows[0]?.now ?? "") - (sentAt + tripMs / 2);
    if (tripMs < best.tripMs) best = { tripMs, ms };
  }
  return { ms: best.ms, computersMs: computersOffsetMs() };
}
