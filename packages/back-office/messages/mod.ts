/**
 * Messages of a service for operators: the outbox's delay, dead letters and their replay, metrics.
 * Used by the console, the `payflow` command and metrics; the services work without it.
 * @module
 */
export * from "./dead_letter_list.ts";
export * from "./dead_letter_replay.ts";
export * from "./figures.ts";
export { readMessageAttention } from "./message_attention.ts";
export { messageCalls } from "./message_calls.ts";
export { readOutboxState } from "./outbox_state.ts";
