import { errorCode, runScript } from "./database.ts";

export type Migration = { readonly name: string; readonly sql: string };

/** With ten seconds each, as long as a migration itself may take. */
const lockTriesMax = 60;

/** Reads `0001_name.sql` files of a folder in their order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = await Array.fromAsync(
    new Bun.Glob("*.sql").scan({ cwd: folder }),
  );
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      sql: await Bun.file(`${folder}/${name}`).text(),
    })),
  );
}

/**
 * Brings a database up to date. Each migration and the row that remembers it are one implicit transaction, and that
 * row's primary key makes replicas that start together wait for each other, so no lock is held by a session.
 */
export async function migrate(
  url: string,
  migrations: readonly Migration[],
): Promise<void> {
  await createRecord(url);
  const applied = await appliedNames(url);
  for (const { name, sql } of migrations) {
    if (applied.has(name)) continue;
    const record = `insert into migrations (name) values ('${name.replaceAll("'", "''")}')`;
    await patiently(async () => {
      try {
        await runScript(url, `${record};\n${sql}`);
      } catch (error) {
        // another replica was faster; any other clash is the migration's own
        if (constraintOf(error) !== "migrations_pkey") throw error;
      }
    });
  }
}

/** A replica that is at the same migration, or a long query, holds a lock for a while. */
async function patiently(run: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (errorCode(error) !== "55P03" || tries >= lockTriesMax) throw error;
    }
  }
}

async function createRecord(url: string): Promise<void> {
  try {
    await runScript(
      url,
      `create table if not exists migrations (
         name text primary key,
         applied_at timestamptz not null default now()
       );
       do $$ begin
         if current_setting('server_encoding') <> 'UTF8' then
           raise exception 'PayFlow needs a database with encoding UTF8, this one has %', current_setting('server_encoding');
         end if;
       end $$`,
    );
  } catch (error) {
    // two replicas that create one table at once: PostgreSQL's catalogue lets one of them win
    if (!["23505", "42P07", "42710"].includes(errorCode(error))) throw error;
  }
}

async function appliedNames(url: string): Promise<Set<string>> {
  const rows = await runScript(url, "select name from migrations");
  return new Set(rows.map((row) => String(row["name"])));
}

function constraintOf(error: unknown): string | undefined {
  return (error as { constraint_name?: string }).constraint_name;
}

/** The tables that every service has: outbox, inbox, history, idempotency keys, leases, dead letters. */
export function messageMigrations(): Promise<Migration[]> {
  return readMigrations(`${import.meta.dir}/migrations`);
}
