/**
 * For operators' commands and pages: what waits in the outbox, messages that could not be handled, and topics.
 * Services do without it.
 * @module
 */
export * from "./dead_letter_list.ts";
export * from "./dead_letter_replay.ts";
export * from "./outbox_state.ts";
export * from "./page.ts";
export { withAdmin } from "../kafka.ts";
export { eventDays } from "../retention.ts";
export { withCluster } from "../topic_ids.ts";
export * from "../topic_states.ts";
