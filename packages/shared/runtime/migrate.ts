import { errorCode, runScript } from "./database.ts";

export type Migration = { readonly name: string; readonly sql: string };

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
  await ignoring(["23505", "42P07", "42710"], () =>
    runScript(
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
    ),
  );
  for (const { name, sql } of migrations) {
    await ignoring(["23505"], () =>
      runScript(
        url,
        `insert into migrations (name) values ('${name.replaceAll("'", "''")}');\n${sql}`,
      ),
    );
  }
}

async function ignoring(
  codes: readonly string[],
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!codes.includes(errorCode(error))) throw error;
  }
}

/** The tables that every service has: outbox, inbox, history, idempotency keys, leases, dead letters. */
export function messageMigrations(): Promise<Migration[]> {
  return readMigrations(`${import.meta.dir}/migrations`);
}
