/** For tests of the outbox: an aggregate of accounts, and topics of their own. */
export * from "./accounts.ts";
export * from "./topics.ts";
