import { join } from "node:path";
import postgres from "postgres";
import { startedPostgres } from "./started_servers.ts";

export type TestDatabase = {
  readonly url: string;
  drop(): Promise<void>;
};

/**
 * A database for one test file, cloned from a template that `migrate` creates once per run. Files
 * with the same `name` must pass the same `migrate`, whose scripts are in the packages'
 * `migrations`.
 * @param name of the template: letters, digits and `_`
 */
export async function testDatabase(
  migrate: (url: string) => Promise<void>,
  name: string,
): Promise<TestDatabase> {
  const { url: server } = await startedPostgres();
  const template = `template_${name}_${await migrationsMark()}`;
  const database = `${name}_${crypto.randomUUID().replaceAll("-", "")}`;
  await asAdmin(server, async (sql) => {
    // A lock of this session: one process migrates, the others wait for it.
    await sql`select pg_advisory_lock(hashtext(${template}))`;
    await makeTemplate(sql, { template, url: urlOf(server, template), migrate });
    await sql`select pg_advisory_unlock(hashtext(${template}))`;
    await sql`create database ${sql(database)} template ${sql(template)}`;
  });
  return {
    url: urlOf(server, database),
    drop: () =>
      asAdmin(server, async (sql) => {
        await sql`drop database if exists ${sql(database)} with (force)`;
      }),
  };
}

/** Work trees that share a server get separate templates when their migrations differ. */
async function migrationsMark(): Promise<string> {
  const packages = join(import.meta.dir, "..", "..");
  const files = new Bun.Glob("**/migrations/*.sql").scanSync(packages);
  const hasher = new Bun.CryptoHasher("md5");
  for (const file of [...files].sort())
    hasher.update(`${file}\n${await Bun.file(join(packages, file)).text()}`);
  return hasher.digest("hex").slice(0, 12);
}

async function makeTemplate(
  sql: postgres.Sql,
  options: {
    template: string;
    url: string;
    migrate: (url: string) => Promise<void>;
  },
): Promise<void> {
  const { template, url, migrate } = options;
  const [found] = await sql<{ whole: boolean }[]>`
    select datistemplate as whole from pg_database where datname = ${template}`;
  if (found?.whole) return;
  // A run that ended during its migrations leaves an incomplete template.
  await sql`drop database if exists ${sql(template)} with (force)`;
  await sql`create database ${sql(template)}`;
  await migrate(url);
  // PostgreSQL cannot clone a database that has connections.
  await sql`alter database ${sql(template)} with allow_connections false`;
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${template}`;
  await sql`alter database ${sql(template)} with is_template true`;
}

async function asAdmin(url: string, work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice() {} });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
