/** For tests and benchmarks: loggers, and counters of the rows and statements that PostgreSQL handles. */
export { isDatabaseFault } from "../database_faults.ts";
export { silentLog } from "../log.ts";
export * from "./kept_log.ts";
export * from "./rows_examined.ts";
export * from "./tuples_read.ts";
