import { sql, type Kysely, type RawBuilder } from "kysely";

export type Retention = {
  readonly table: string;
  /** The time from which a row's age counts; rows where it is null are kept. */
  readonly column: string;
  readonly days: number;
  readonly unless?: RawBuilder<unknown>;
};

/** Rows per table and step; few, so that locks are short. */
const stepMax = 1_000;

/** Retention of events; an event that waits for Kafka is kept longer. */
export const eventDays = 30;

const isWaiting = sql`(aggregate_id, version) in (select aggregate_id, version from waiting_events)`;

/** For every service. The inbox keeps ids longer than Kafka keeps messages (14 days), so none takes effect twice. */
export const messageRetention: readonly Retention[] = [
  { table: "events", column: "created_at", days: eventDays, unless: isWaiting },
  { table: "inbox", column: "taken_at", days: 30 },
  { table: "idempotency_keys", column: "created_at", days: 15 },
  // a killed process does not release its leases
  { table: "leases", column: "expires_at", days: 1 },
];

/** Deletes up to `stepMax` old rows of each table; returns how many. If a table fails, throws after pruning the others. */
export async function pruneOnce(db: Kysely<never>, all: readonly Retention[]): Promise<number> {
  let gone = 0;
  const failures: unknown[] = [];
  for (const { table, column, days, unless = sql`false` } of all) {
    const step = sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)}
        where ${sql.ref(column)} < now() - make_interval(days => ${sql.lit(days)}) and not (${unless})
        limit ${stepMax} for update skip locked))`.execute(db);
    const pruned = await step.catch((error: unknown) => void failures.push(error));
    gone += Number(pruned?.numAffectedRows ?? 0);
  }
  if (failures.length > 0) throw failures[0];
  return gone;
}
