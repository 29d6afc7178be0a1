import { sql, type Kysely } from "kysely";
import type { Log } from "./log.ts";
import { createWorker } from "./worker.ts";

/** How often the offset is measured: clocks drift by milliseconds in that time. */
const measureEveryMs = 30_000;
/** No clock drifts so far in that time: one of this computer's was set, or stopped while it slept. */
const stepMs = 1_000;

/**
 * A clock that every replica shares: the database's. Its offset to this process's steady clock is measured at the start,
 * every 30 s, and when this computer's clock was set. The shortest round trip of three counts: it is right to half of that.
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
