import { AsyncLocalStorage } from "node:async_hooks";

const current = new AsyncLocalStorage<string>();

/** A `traceparent` of W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
const pattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Runs work as part of a trace: the caller's when it sent one, else a new one. Events that the work causes carry it,
 * so that one trace leads from a shopper's click through both services.
 */
export function inTrace<T>(given: string | undefined, work: () => T): T {
  return current.run(given !== undefined && pattern.test(given) ? given : newTrace(), work);
}

/** The trace and span of the work under way, to be passed on; undefined outside any. */
export function traceparent(): string | undefined {
  return current.getStore();
}

/** The same for a log's line, under the names that OpenTelemetry gives them in logs. */
export function traceFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const [, trace_id, span_id] = current.getStore()?.split("-") ?? [];
  return trace_id === undefined || span_id === undefined ? {} : { trace_id, span_id };
}

const newTrace = () => `00-${newId()}-${newId().slice(16)}-01`;
const newId = () => crypto.randomUUID().replaceAll("-", "");
