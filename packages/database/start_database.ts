import { sql } from "kysely";
import { databaseClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import type { Log } from "./log.ts";
import { migrate, type Migration } from "./migrate.ts";
import { retryAtStart } from "./retry_at_start.ts";
import { StartError } from "./errors.ts";

/**
 * Migrates a service's database or waits until it is migrated, opens the pool, checks the server's durability settings, and
 * measures its clock. Throws StartError.
 */
export async function startDatabase(options: {
  readonly url: string;
  readonly applicationName: string;
  readonly migrations: readonly Migration[];
  /** False where another process migrates; then the role needs no right to create tables. */
  readonly migrates?: boolean;
  readonly log: Log;
}) {
  const { url, log, migrates = true } = options;
  await migrate(url, options.migrations, { log, migrates });
  const database = openDatabase(options);
  try {
    const server = await retryAtStart({ url, log }, () => serverSettings.execute(database.kysely));
    for (const row of server.rows) judgeServer(row, log);
    const clock = await retryAtStart({ url, log }, () => databaseClock(database.kysely, log));
    return { database, clock };
  } catch (error) {
    await database.close();
    throw error;
  }
}

type Setting = "fsync" | "full_page_writes" | "synchronous_commit";
type ServerSettings = Readonly<Record<Setting, string> & { is_superuser: boolean | null }>;
const serverSettings = sql<ServerSettings>`
  select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    (select rolsuper from pg_roles where rolname = current_user) as is_superuser`;

/** Logs unsafe durability settings; throws StartError for the one that a single statement corrects. */
export function judgeServer(server: ServerSettings, log: Log): void {
  // our sessions set it themselves, but not behind a pooler
  if (!["on", "remote_apply"].includes(server.synchronous_commit))
    throw new StartError(
      `PostgreSQL acknowledges commits before they are on its disk (synchronous_commit is ${server.synchronous_commit}), and behind a pooler the service can't change that: alter role … set synchronous_commit = on.`,
    );
  for (const name of ["fsync", "full_page_writes"] as const)
    if (server[name] !== "on")
      log.error(
        `${name} is ${server[name]} on this PostgreSQL server: a crash of its machine may lose acknowledged changes, unless your provider keeps the log elsewhere`,
      );
  if (server.is_superuser)
    log.warn(
      "the role in DATABASE_URL is a superuser: give the service a role that owns its database and has no other rights",
    );
}
