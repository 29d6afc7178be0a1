import { sql, type Kysely, type RawBuilder } from "kysely";

export type Retention = {
  readonly table: string;
  /** The column that says when a row came to rest; rows where it is null stay. */
  readonly column: string;
  readonly days: number;
  /** Rows for which it holds stay. */
  readonly unless?: RawBuilder<unknown>;
};

/** Rows a step: small enough that nobody waits for its locks. */
const stepMax = 1_000;

const isWaiting = sql`(aggregate_id, version) in (select aggregate_id, version from waiting_events)`;

/** What every service forgets. The inbox remembers for longer than Kafka keeps messages (14 days), so none can come back. */
export const messageRetention: readonly Retention[] = [
  { table: "events", column: "created_at", days: 30, unless: isWaiting },
  { table: "inbox", column: "taken_at", days: 30 },
  { table: "idempotency_keys", column: "created_at", days: 15 },
  // a process that was killed gives back none of its own
  { table: "leases", column: "expires_at", days: 1 },
];

/** One step over every table. Returns how many rows went. */
export async function pruneOnce(
  db: Kysely<never>,
  retentions: readonly Retention[],
): Promise<number> {
  let gone = 0;
  for (const { table, column, days, unless = sql`false` } of retentions) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)}
        where ${sql.ref(column)} < now() - make_interval(days => ${days}) and not (${unless})
        limit ${stepMax} for update skip locked))`.execute(db);
    gone += Number(numAffectedRows ?? 0);
  }
  return gone;
}
