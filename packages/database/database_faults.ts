// Classifies errors by their cause: the statement, the session, the server or the network. Decides about retries, discarded
// connections and 503 responses. https://www.postgresql.org/docs/current/errcodes-appendix.html
import { UnavailableError } from "./errors.ts";

export function errorCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** The constraint or unique index that a statement has violated; empty for any other error. */
export function constraintOf(error: unknown): string {
  return (error as { constraint_name?: string } | undefined)?.constraint_name ?? "";
}

/** An error with a code that the functions below classify. */
export function faultOf(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function isPostgresError(error: unknown): error is { code: string; severity: string } {
  return (error as { name?: unknown } | undefined)?.name === "PostgresError";
}

/** Codes of postgres.js, `faultOf` and the network; connection exceptions (08), a server that starts or stops (57P). */
const connectionLoss =
  /^(CONNECTION_|CONNECT_TIMEOUT|ANSWER_TIMEOUT|POOL_OVERLOADED|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08|57P|53300)/;

/** The database did not respond: whether the statement took effect is not known. */
export function isConnectionLoss(error: unknown): boolean {
  // an error of the network or of DNS, as the operating system reports it, has a syscall
  return (
    connectionLoss.test(errorCode(error)) ||
    (typeof error === "object" && error !== null && "syscall" in error)
  );
}

/** A deadlock, a serialization failure or a lock's time limit: the same statement may succeed when it is sent again. */
export function isTransient(error: unknown): boolean {
  return ["40P01", "40001", "55P03"].includes(errorCode(error));
}

/** SQLSTATE classes of errors of one statement, after which the session is as it was before. */
const statementStates =
  /^(0[1-4LPZ]|20|21|22|23|27|2[BF]|34|38|39|3B|40|42(?!P05)|44|53(?!200|300)|54|55|57014|72|HV|P0)/;

/** An error of the session or the server, or of an unknown class: the statement may succeed on another connection. */
export function isSessionFault(error: unknown): boolean {
  if (!isPostgresError(error)) return true;
  const { code, severity } = error;
  return /^(FATAL|PANIC)$/.test(severity) || !statementStates.test(code);
}

/**
 * PostgreSQL rejected the statement before it ran, so a retry is safe: the server was demoted (25006), or the prepared
 * statement is missing (26000), exists already behind PgBouncer (42P05), or its table was altered (0A000).
 */
export function isRefusedBySession(error: unknown): boolean {
  return isPostgresError(error) && /^(25006|26000|0A000|42P05)$/.test(error.code);
}

/** An error that ends when the database is repaired, also a missing password (28) or database (3D). */
export function isDatabaseFault(error: unknown): boolean {
  return (
    isConnectionLoss(error) ||
    isTransient(error) ||
    /^(25|26|28|3D|42P05|53|57|58|F0|XX)/.test(errorCode(error))
  );
}

/** A temporary error. A message handler marks its own temporary errors with `kind: "unavailable"`. */
export function isTemporary(error: unknown): boolean {
  return isDatabaseFault(error) || (error as { kind?: unknown } | null)?.kind === "unavailable";
}

/** A thrown UnavailableError, or one for a thrown database error; undefined for any other value. */
export function asUnavailable(thrown: unknown): UnavailableError | undefined {
  if (thrown instanceof UnavailableError) return thrown;
  if (!isDatabaseFault(thrown)) return undefined;
  return new UnavailableError("database_unavailable", { cause: thrown });
}
