import { sql, type Kysely } from "kysely";

export type Retention = {
  readonly table: string;
  /** The column that says when a row came to rest; rows where it is null stay. */
  readonly column: string;
  readonly days: number;
  readonly key: readonly string[];
};

/** Rows a step: small enough that nobody waits for its locks. */
const stepMax = 1_000;

/** What every service forgets. The inbox remembers for longer than Kafka keeps messages (14 days), so none can come back. */
export const messageRetention: readonly Retention[] = [
  { table: "outbox", column: "published_at", days: 30, key: ["seq"] },
  { table: "inbox", column: "taken_at", days: 30, key: ["message_id"] },
  { table: "idempotency_keys", column: "created_at", days: 15, key: ["scope", "key"] },
  // a process that was killed gives back none of its own
  { table: "leases", column: "expires_at", days: 1, key: ["name"] },
];

/** One step over every table. Returns how many rows went. */
export async function pruneOnce(
  db: Kysely<never>,
  retentions: readonly Retention[],
): Promise<number> {
  let gone = 0;
  for (const { table, column, days, key } of retentions) {
    const keys = sql.join(key.map((name) => sql.ref(name)));
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where (${keys}) in (
        select ${keys} from ${sql.table(table)}
        where ${sql.ref(column)} < now() - make_interval(days => ${days}) limit ${stepMax}
        for update skip locked)`.execute(db);
    gone += Number(numAffectedRows ?? 0);
  }
  return gone;
}
