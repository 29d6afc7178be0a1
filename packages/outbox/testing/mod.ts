/** For tests of the outbox: an aggregate of accounts, and topics of their own. */
export * from "./accounts.ts";
export * from "./kept_log.ts";
export * from "./rows_looked_at.ts";
export * from "./topics.ts";
export * from "./tuples_read.ts";
