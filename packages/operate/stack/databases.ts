import { createHmac } from "node:crypto";
import postgres from "postgres";
import { sql } from "kysely";
import { backoffMs, openDatabase, parseDatabaseAddress, pause } from "@payflow/database";
import { UserError } from "@payflow/local-stack";
import { onServer } from "./settings.ts";

/**
 * Creates the database if its server does not have it yet.
 * @throws UserError when the server can't be reached or refuses
 */
export async function ensureDatabase(url: string): Promise<void> {
  const { database } = addressOf(url);
  const server = open(onServer(url, "postgres"));
  try {
    const found = await sql`select from pg_database where datname = ${database}`.execute(
      server.kysely,
    );
    if (found.rows.length === 0)
      await sql`create database ${sql.id(database)}`.execute(server.kysely);
  } catch (error) {
    // Not everybody may enter the maintenance database, or make one.
    await mustConnect(url, error);
  } finally {
    await server.close();
  }
}

function addressOf(url: string) {
  try {
    return parseDatabaseAddress(url);
  } catch (error) {
    throw new UserError(`The database's address in the environment: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function open(url: string) {
  return openDatabase({ url, applicationName: "payflow-start", poolMax: 1 });
}

/**
 * The address of a service's database on the stack's own server, with a role that only owns this database. Its password
 * is derived one-way from the superuser's.
 */
export function ownedAddress(server: string, name: string): string {
  const url = new URL(onServer(server, name));
  url.username = `payflow_${name}`;
  url.password = createHmac("sha256", new URL(server).password)
    .update(url.username)
    .digest("base64url");
  return url.href;
}

/** Creates role and database of an `ownedAddress`, or makes the role own the existing database. */
export async function ensureOwnedDatabase(server: string, owned: string): Promise<void> {
  const { username: role, password, pathname } = new URL(owned);
  const name = pathname.slice(1);
  const admin = connect(server);
  try {
    const roles = await admin`select from pg_roles where rolname = ${role}`;
    // base64url needs no quoting
    await admin`${admin.unsafe(roles.length === 0 ? "create" : "alter")} role ${admin(role)}
      login nosuperuser nocreatedb nocreaterole password ${admin.unsafe(`'${password}'`)}`;
    const found = await admin`select from pg_database where datname = ${name}`;
    if (found.length === 0) await admin`create database ${admin(name)} owner ${admin(role)}`;
    else await admin`alter database ${admin(name)} owner to ${admin(role)}`;
  } finally {
    await admin.end({ timeout: 1 });
  }
  const inside = connect(onServer(server, name));
  try {
    // tables that services of earlier releases created as superusers
    await inside.unsafe(`do $$ declare named text; begin
      for named in select c.oid::regclass from pg_class c
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relowner <> '${role}'::regrole
      loop execute format('alter table %s owner to %I', named, '${role}'); end loop; end $$`);
  } finally {
    await inside.end({ timeout: 1 });
  }
}

/** Longer than a restart of a server takes; counted from its first error. */
const awayWithinMs = 60_000;

/** Runs repeatable work, and retries it while the server is unavailable. */
export async function retryWhileUnavailable(run: () => Promise<void>): Promise<void> {
  let firstFaultAt: number | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      firstFaultAt ??= performance.now();
      const isOver = performance.now() - firstFaultAt > awayWithinMs;
      if (isOver || !isAway(error)) throw error;
    }
    await pause(backoffMs(attempt, { firstMs: 100, maxMs: 2_000 }));
  }
}

/** The server shuts down, recovers from a crash or starts, or the connection failed. */
function isAway(error: unknown): boolean {
  const { code = "", cause } = error as { code?: string; cause?: unknown };
  if (/^(57P0[123]|08...|E?CONN\w*)$/.test(code)) return true;
  return cause instanceof Error && isAway(cause);
}

async function mustConnect(url: string, cause: unknown): Promise<void> {
  const { database, hosts: named } = addressOf(url);
  const opened = open(url);
  try {
    await sql`select 1`.execute(opened.kysely);
  } catch (error) {
    const hosts = named.map(({ host, port }) => `${host}:${port}`);
    const reason = [cause, error]
      .map((each) => (each instanceof Error ? each.message : String(each)))
      .join("; ");
    throw new UserError(
      `The database ${database} on ${hosts.join(", ")} cannot be used (${reason}): check the address in the environment and that the server runs.`,
      { cause: error },
    );
  } finally {
    await opened.close();
  }
}

function connect(url: string): postgres.Sql {
  return postgres(url, { max: 1, connect_timeout: 10, onnotice() {} });
}
