/** For tests and benchmarks: internal parts, a test aggregate (accounts) and helpers for topics. */
export * from "../dead_letters.ts";
export * from "../event_signature.ts";
export * from "../kafka.ts";
export * from "../outbox_relay.ts";
export { eventBytesMax } from "../save_statements.ts";
export * from "../slot_leases.ts";
export * from "../topics.ts";
export * from "./accounts.ts";
export * from "./published_kafkajs.ts";
export * from "./topics.ts";
