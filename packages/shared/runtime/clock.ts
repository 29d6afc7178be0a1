import { sql, type Kysely } from "kysely";
import type { Logger } from "./log.ts";
import { createWorker, type Worker } from "./worker.ts";

/** The time now as ISO 8601 in UTC with milliseconds. */
export type Clock = { now(): string };

/** The offset is measured anew this often: computer clocks drift by milliseconds in that time. */
const measureEveryMs = 30_000;

/**
 * A clock that every replica shares: the database's. Its offset to this computer's is measured at the start and
 * every 30 s; the measure with the shortest round trip of three counts, so it is right to within half of that trip.
 */
export async function databaseClock(
  db: Kysely<never>,
  log: Logger,
): Promise<Clock & { worker: Worker }> {
  let offsetMs = await measureOffsetMs(db);
  const worker = createWorker({
    name: "clock",
    idleMs: measureEveryMs,
    log,
    runOnce: async () => {
      offsetMs = await measureOffsetMs(db);
      return 0;
    },
  });
  return { now: () => new Date(Date.now() + offsetMs).toISOString(), worker };
}

async function measureOffsetMs(db: Kysely<never>): Promise<number> {
  let best = { tripMs: Infinity, offsetMs: 0 };
  for (let sample = 0; sample < 3; sample++) {
    const sentAt = Date.now();
    const { rows } = await sql<{
      now: string;
    }>`select clock_timestamp() as now`.execute(db);
    const tripMs = Date.now() - sentAt;
    const offsetMs =
      Date.parse((rows[0] as { now: string }).now) - (sentAt + tripMs / 2);
    if (tripMs < best.tripMs) best = { tripMs, offsetMs };
  }
  return best.offsetMs;
}
