// What an error of PostgreSQL, or of the way to it, says: about the statement, the session, the server or the network.
// All who retry, discard a connection or answer 503 decide by these functions, so each SQLSTATE is judged once.

import { UnavailableError } from "./errors.ts";

export function errorCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** An error with a code that the functions below judge. */
export function faultOf(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function isPostgresError(error: unknown): error is { code: string; severity: string } {
  return (error as { name?: unknown } | undefined)?.name === "PostgresError";
}

/**
 * Codes of postgres.js, of this package (`faultOf`) and of the network; connection exceptions (08), a backend that was
 * terminated or a server that starts up or shuts down (57P), too many connections (53300).
 */
const connectionLoss =
  /^(CONNECTION_|CONNECT_TIMEOUT|ANSWER_TIMEOUT|POOL_OVERLOADED|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08|57P|53300)/;

/** The database could not be asked, or its answer got lost: whether a statement took effect is not known. */
export function isConnectionLoss(error: unknown): boolean {
  // an error of the network or of DNS, as the operating system reports it, has a syscall
  return (
    connectionLoss.test(errorCode(error)) ||
    (typeof error === "object" && error !== null && "syscall" in error)
  );
}

/** The database chose this statement as the victim; sent again it works. */
export function isTransient(error: unknown): boolean {
  return ["40P01", "40001", "55P03"].includes(errorCode(error));
}

/**
 * SQLSTATE classes that speak of one statement and what it asked for, and leave the session as it was: no data (02),
 * data and its types (2x but for the states of sessions and transactions), constraints (23), conflicts (40), names and
 * rights (42), limits (53 but for memory and connections, 54), locks (55), cancelled (57014), and what functions raise
 * (38, 39, P0). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const statementStates =
  /^(0[1-4LPZ]|20|21|22|23|27|2[BF]|34|38|39|3B|40|42(?!P05)|44|53(?!200|300)|54|55|57014|72|HV|P0)/;

/**
 * An error that speaks of the session or its server, so that the same statement may succeed on another connection: a
 * server that was demoted (25006), a prepared statement that is gone (26000), that another session of PgBouncer has
 * (42P05) or whose table has changed (0A000), a backend that ends (severity FATAL), and every class that is not known
 * to leave the session well.
 */
export function isSessionFault(error: unknown): boolean {
  if (!isPostgresError(error)) return true;
  const { code, severity } = error;
  return /^(FATAL|PANIC)$/.test(severity) || !statementStates.test(code);
}

/** A session fault by which PostgreSQL refused the statement before it did any of it: it may go out again. */
export function isRefusedBySession(error: unknown): boolean {
  return isPostgresError(error) && /^(25006|26000|0A000|42P05)$/.test(error.code);
}

/**
 * True for any fault that will pass by itself when the database is well again: time limits, full disks, a standby
 * that was not promoted yet (25006), a password (28) or a database (3D) that the server does not have yet included.
 */
export function isDatabaseFault(error: unknown): boolean {
  return (
    isConnectionLoss(error) ||
    isTransient(error) ||
    /^(25|26|28|3D|42P05|53|57|58|F0|XX)/.test(errorCode(error))
  );
}

/**
 * True for an error that will pass by itself: what it hit is tried again for as long as it lasts. A message's handler
 * says so of its own errors by `kind: "unavailable"`.
 */
export function isPassing(error: unknown): boolean {
  return isDatabaseFault(error) || (error as { kind?: unknown } | null)?.kind === "unavailable";
}

/** The UnavailableError that a thrown value is, or stands for; undefined for any other. */
export function asUnavailable(thrown: unknown): UnavailableError | undefined {
  if (thrown instanceof UnavailableError) return thrown;
  if (!isDatabaseFault(thrown)) return undefined;
  return new UnavailableError("database_unavailable", { cause: thrown });
}
