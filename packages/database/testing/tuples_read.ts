import { sql, type Kysely } from "kysely";

/**
 * Counts the table tuples and index entries that PostgreSQL reads while `work` runs, by its statistics.
 * `db` must have one connection: each backend flushes its own counters.
 */
export async function tuplesRead(db: Kysely<never>, work: () => Promise<unknown>): Promise<number> {
  const before = await readSoFar(db);
  await work();
  return (await readSoFar(db)) - before;
}

/** Counts the statements that `work` runs on the database, its own two aside. `db` must have a single connection. */
export async function statementsRun(
  db: Kysely<never>,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = await runSoFar(db);
  await work();
  return (await runSoFar(db)) - before - 2;
}

async function runSoFar(db: Kysely<never>): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ count: number }>`
    select xact_commit as count from pg_stat_database where datname = current_database()`.execute(
    db,
  );
  return Number(rows[0]?.count);
}

async function readSoFar(db: Kysely<never>): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ count: number }>`
    select (select coalesce(sum(seq_tup_read), 0) from pg_stat_user_tables)
      + (select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes) as count`.execute(db);
  return Number(rows[0]?.count);
}

/** Turns autovacuum off for these tables, so that their statistics stay as they are. */
export async function neverAnalyze(db: Kysely<never>, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = off)`.execute(db);
}
