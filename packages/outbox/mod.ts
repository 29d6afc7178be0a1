/**
 * Saves aggregates with their events in one statement, relays the events to Kafka and consumes each once. README.md has
 * an example. Tests import internal parts from `./testing`.
 * @module
 */
export { acting, actingAs, withReason, type Acting } from "./audit.ts";
export { audit, auditInsert, listAudit, type AuditEntry, type AuditRow } from "./audit.ts";
export { deriveKey } from "./event_signature.ts";
export { createFind } from "./find_by_id.ts";
export { createGather } from "./gather.ts";
export { listHistory } from "./history.ts";
export { connectKafka, createEventProducer, withAdmin } from "./kafka.ts";
export type { AnyMessage, EventProducer, KafkaSettings } from "./kafka.ts";
export type { MessageHandler } from "./chunk_handler.ts";
export { createMessaging, type Messaging, type MessagingOptions } from "./messaging.ts";
export { readMigrations } from "./migrations.ts";
export { eventDays, messageRetention, pruneOnce, type Retention } from "./retention.ts";
export type { AggregateTable, DomainEvent, Save, SaveResult } from "./save.ts";
export { createMarkHandled, createSaves } from "./saves.ts";
export { slotCount } from "./slot_leases.ts";
export { sweepProgress } from "./sweep_progress.ts";
export { withCluster } from "./topic_ids.ts";
export { readTopicStates } from "./topic_states.ts";
export { inSpan, noTracer, traceFields, traceparent, type Span, type Tracer } from "./trace.ts";
export { createWatch } from "./watch.ts";
export { writeCheck } from "./write_check.ts";
