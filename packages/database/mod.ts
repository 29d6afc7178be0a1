/**
 * Connects a service to PostgreSQL, as README.md shows by an example. Tests find more in `./testing`.
 * @module
 */
export { arrayLiteral, openDatabase, type Database } from "./database.ts";
export { parseDatabaseAddress, type DatabaseAddress } from "./database_address.ts";
export { asUnavailable, isConnectionLoss, isTemporary } from "./database_faults.ts";
export { constraintOf, errorCode, isRefusedBySession, isTransient } from "./database_faults.ts";
export { StartError, UnavailableError } from "./errors.ts";
export type { Log } from "./log.ts";
export { checksumOf, migrate, migrationsIn, type Migration } from "./migrate.ts";
export { retryAtStart } from "./retry_at_start.ts";
export { backoffMs, pause, within } from "./pause.ts";
export { openSession, type Session } from "./session.ts";
export { startDatabase } from "./start_database.ts";
export { afterUuid, isUuid } from "./uuid.ts";
export { createWorker, type Worker, type WorkerOptions } from "./worker.ts";
