import { sql } from "kysely";
import { answerWithin } from "./connections.ts";
import { parseDatabaseAddress } from "./database_address.ts";
import { openDatabase, type Database } from "./database.ts";
import { constraintOf, errorCode } from "./database_faults.ts";
import { silentLog } from "./log.ts";
import { retryAtStart, type StartRetry } from "./retry_at_start.ts";
import { pause } from "./pause.ts";
import { openSession } from "./session.ts";
import { StartError } from "./errors.ts";

export type Migration = { readonly name: string; readonly sql: string };

/** Long enough for an index on a large table. */
const statementLimitMs = 10 * 60_000;
/** For a whole migration, in case its backend dies silently while the server still accepts connections. */
const scriptLimitMs = 60 * 60_000;
/** While a migration waits for a table lock, all later statements on that table queue behind it. */
const lockLimitMs = 10_000;
/** Ten seconds each: together as long as a statement of another replica's migration may take. */
const lockTriesMax = 60;
/** How long a replica that must not migrate waits for the process that does. */
const migratedLimitMs = 60_000;
const pollMs = 2_000;
const checkLimitMs = 5_000;

/** The `0001_name.sql` files of a folder. */
export async function migrationsIn(folder: string): Promise<Migration[]> {
  const names = await Array.fromAsync(new Bun.Glob("*.sql").scan({ cwd: folder }));
  const read = async (name: string) => ({ name, sql: await Bun.file(`${folder}/${name}`).text() });
  return Promise.all(names.sort().map(read));
}

/**
 * Applies missing migrations, or waits until another process has applied them. Each migration and its row in `migrations`
 * are one implicit transaction. Replicas that start together wait for each other by the row's primary key, without an
 * advisory lock. Throws StartError when that takes too long, or when an applied migration was changed or is unknown here.
 */
export async function migrate(
  url: string,
  migrations: readonly Migration[],
  options: Omit<StartRetry, "url"> & { migrates?: boolean; waitMs?: number } = { log: silentLog },
): Promise<void> {
  const { migrates = true, waitMs = migratedLimitMs, log } = options;
  const checksums = new Map(migrations.map((migration) => [migration.name, checksumOf(migration)]));
  const statementTimeoutMs = checkLimitMs;
  const look = { url, applicationName: "migrate", poolMax: 2, statementTimeoutMs };
  const database = openDatabase(look);
  const step = <T>(run: () => Promise<T>) => retryAtStart({ ...options, url }, run);
  const endsAtMs = performance.now() + waitMs;
  let known = -1;
  let tries = 0;
  try {
    if (migrates) await step(() => createRecord(database));
    for (;;) {
      const applied = await step(() => readApplied(database, checksums));
      const missing = migrations.filter(({ name }) => !applied.has(name));
      const [next] = missing;
      if (next === undefined) return;
      if (migrates) {
        tries = applied.size > known ? 1 : tries + 1;
        known = applied.size;
        if (tries > lockTriesMax)
          throw new StartError(
            `The migration ${next.name} has waited ${(lockTriesMax * lockLimitMs) / 60_000} minutes for other transactions to release a table: end them (pg_stat_activity), then start again.`,
          );
        await step(() => apply(database, url, next));
        continue;
      }
      const lack = `the database lacks the migrations ${listed(missing)}`;
      if (performance.now() >= endsAtMs)
        throw new StartError(
          `MIGRATE is off, and ${lack}: apply them by a start of this version with MIGRATE=only.`,
        );
      log.warn(`${lack}: waiting until another process has applied them`);
      await pause(Math.min(pollMs, waitMs));
    }
  } finally {
    await database.close();
  }
}

/** Ignores line endings: Git may change them on Windows. */
export function checksumOf(migration: Migration): string {
  const text = migration.sql.replaceAll("\r\n", "\n");
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

async function createRecord({ kysely }: Database): Promise<void> {
  const setting = sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`;
  const encoding = (await setting.execute(kysely)).rows[0]?.encoding;
  if (encoding !== "UTF8")
    throw new StartError(
      `The database must have encoding UTF8, this one has ${encoding}: create database … encoding 'UTF8' template template0.`,
    );
  try {
    await sql`
      create table if not exists migrations (
        name text primary key, applied_at timestamptz not null default now(), checksum text not null
      )`.execute(kysely);
  } catch (error) {
    // another replica has just created it
    if (!["23505", "42P07", "42710"].includes(errorCode(error))) throw error;
  }
}

/** The names of applied migrations, none in an empty database. Throws StartError when they do not fit the code. */
async function readApplied({ kysely }: Database, checksums: ReadonlyMap<string, string>) {
  const { rows } = await sql<{ name: string; checksum: string }>`
    select name, checksum from migrations order by name`
    .execute(kysely)
    .catch((error: unknown) => {
      if (errorCode(error) === "42P01") return { rows: [] };
      throw error;
    });
  const unknown = rows.filter(({ name }) => !checksums.has(name));
  if (unknown.length > 0)
    throw new StartError(
      `The database is newer than this version of the service: it has ${listed(unknown)}. Start the version that applied them, or a later one.`,
    );
  const changed = rows.filter(({ name, checksum }) => checksum !== checksums.get(name));
  if (changed.length > 0)
    throw new StartError(
      `Migrations were changed after this database had applied them: ${listed(changed)}. Restore the files, and make the change in a new migration; or create the database again, if its data is not needed.`,
    );
  return new Set(rows.map(({ name }) => name));
}

const listed = (rows: readonly { readonly name: string }[]) =>
  rows.map(({ name }) => name).join(", ");

/** Also returns when another replica was faster or a lock was not available: the row in `migrations` tells which. */
async function apply({ kysely }: Database, url: string, migration: Migration) {
  const { name } = migration;
  const address = parseDatabaseAddress(url);
  const session = openSession({ address, applicationName: "migrate", statementLimitMs });
  const over = new AbortController();

  /** Resolves when the migration is recorded, in case its response is lost. Rejects when the database is away. */
  async function untilRecorded(): Promise<void> {
    for (;;) {
      await pause(pollMs, over.signal);
      if (over.signal.aborted) return;
      const { rows } = await sql`select from migrations where name = ${name}`.execute(kysely);
      if (rows.length > 0) return;
    }
  }

  try {
    // set local: works through a pooler too
    const running = session.runScript(
      `set local statement_timeout = ${statementLimitMs};
       set local lock_timeout = ${lockLimitMs};
       insert into migrations (name, checksum) values (${literal(name)}, ${literal(checksumOf(migration))});
       ${migration.sql}`,
    );
    await answerWithin(Promise.race([running, untilRecorded()]), scriptLimitMs);
  } catch (error) {
    // any other unique violation comes from the migration itself
    if (constraintOf(error) !== "migrations_pkey" && errorCode(error) !== "55P03") throw error;
  } finally {
    over.abort();
    await session.end();
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
