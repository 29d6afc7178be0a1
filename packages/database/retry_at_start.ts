import { parseDatabaseAddress } from "./database_address.ts";
import { errorCode, isDatabaseFault } from "./database_faults.ts";
import type { Log } from "./log.ts";
import { backoffMs, pause } from "./pause.ts";
import { StartError } from "./errors.ts";

export type StartRetry = {
  readonly url: string;
  readonly log: Log;
  /** Counted from the first error. */
  readonly awayLimitMs?: number;
};

/**
 * Runs one step of a start, and retries it with back-off while the database is away. Throws StartError after `awayLimitMs`,
 * or at once when PostgreSQL refuses for a reason that waiting does not change.
 */
export async function retryAtStart<T>(options: StartRetry, step: () => Promise<T>): Promise<T> {
  const { log, awayLimitMs = 15_000 } = options;
  const { hosts, database } = parseDatabaseAddress(options.url);
  const places = hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
  const where = `PostgreSQL at ${places}, database ${database},`;
  let giveUpAtMs: number | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) throw new StartError(`${where} ${refusal}`, { cause: error });
      if (!isDatabaseFault(error)) throw error;
      giveUpAtMs ??= performance.now() + awayLimitMs;
      if (performance.now() > giveUpAtMs)
        throw new StartError(`${where} ${absenceOf(error, awayLimitMs)}`, { cause: error });
      log.warn({ err: error }, "the database is unavailable, waiting for it");
      await pause(backoffMs(attempt, { firstMs: 200, maxMs: 2_000 }));
    }
  }
}

/** Reasons that waiting does not change. */
function refusalOf(error: unknown): string | undefined {
  const code = errorCode(error);
  if (/^28/.test(code))
    return `refuses the login (${code}): check user, password and sslmode in DATABASE_URL, and the server's pg_hba.conf.`;
  if (code === "3D000") return "does not exist there: create it, or name another in DATABASE_URL.";
  if (code === "42501")
    return `does not let this role do what it must (${code}): let it own its database: alter database … owner to ….`;
  if (/^(08P01|42704)$/.test(code) && /parameter/.test(String((error as Error).message)))
    return `does not take a parameter of DATABASE_URL: take it out (${(error as Error).message}).`;
  if (/CERT|SELF_SIGNED|^UNABLE_TO|ALTNAME/.test(code))
    return `shows a certificate that can't be verified (${code}): name your provider's root with sslrootcert=FILE in DATABASE_URL.`;
  return undefined;
}

function absenceOf(error: unknown, awayLimitMs: number): string {
  const code = errorCode(error);
  const seconds = Math.round(awayLimitMs / 1_000);
  if (code === "25006")
    return `has taken no writes for ${seconds} s: it is a standby, or was made read-only. Name the primary in DATABASE_URL.`;
  if (code === "53100") return `has had no space left on its disk for ${seconds} s.`;
  return `has not answered for ${seconds} s (${code}): does it run, and is DATABASE_URL right?`;
}
