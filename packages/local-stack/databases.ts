import postgres from "postgres";
import { UserError } from "./user_error.ts";
import { onServer } from "./settings.ts";

/**
 * Makes the database when its server does not have it yet.
 * @throws UserError when the server can't be reached or refuses
 */
export async function ensureDatabase(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const server = connect(onServer(url, "postgres"));
  try {
    const found = await server`
      select from pg_database where datname = ${name}`;
    if (found.length === 0) await server`create database ${server(name)}`;
  } catch (error) {
    // Not everybody may enter the maintenance database, or make one.
    await mustConnect(url, error);
  } finally {
    await server.end({ timeout: 1 });
  }
}

async function mustConnect(url: string, cause: unknown): Promise<void> {
  const sql = connect(url);
  try {
    await sql`select 1`;
  } catch (error) {
    const { host, pathname } = new URL(url);
    const reason = [cause, error]
      .map((each) => (each instanceof Error ? each.message : String(each)))
      .join("; ");
    throw new UserError(
      `The database ${pathname.slice(1)} on ${host} cannot be used (${reason}): check the address in the environment and that the server runs.`,
      { cause: error },
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function connect(url: string): postgres.Sql {
  return postgres(url, { max: 1, connect_timeout: 10, onnotice() {} });
}
