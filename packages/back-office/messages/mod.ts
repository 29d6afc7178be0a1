/**
 * What a service shows operators of its messages, and what they do to them: the outbox's delay, dead letters, figures.
 * For the console, the `payflow` command and metrics; services do without it.
 * @module
 */
export * from "./dead_letter_list.ts";
export * from "./dead_letter_replay.ts";
export * from "./figures.ts";
export { readMessageAttention } from "./message_attention.ts";
export { messageCalls } from "./message_calls.ts";
export { readOutboxState } from "./outbox_state.ts";
