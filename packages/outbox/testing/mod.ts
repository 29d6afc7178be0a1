/** For tests and benchmarks: internal parts, a test aggregate (accounts) and helpers for topics. */
export * from "../dead_letters.ts";
export * from "../event_signature.ts";
export * from "../kafka.ts";
export * from "../outbox.ts";
export * from "../outbox_relay.ts";
export * from "../topics.ts";
export * from "./accounts.ts";
export * from "./published_kafkajs.ts";
export * from "./topics.ts";
