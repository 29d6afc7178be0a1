/** For tests and benchmarks: logs that are ignored or read, and what PostgreSQL reads for a statement. */
export { isDatabaseFault } from "../database_faults.ts";
export { silentLog } from "../log.ts";
export * from "./kept_log.ts";
export * from "./rows_looked_at.ts";
export * from "./tuples_read.ts";
