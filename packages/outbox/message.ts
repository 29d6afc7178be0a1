import type { OutgoingEvent } from "./saves.ts";
import { traceparent } from "./trace.ts";

/**
 * Wraps an event of the domain for the outbox: its CloudEvents headers in the Kafka protocol binding
 * (https://github.com/cloudevents/spec, "binary content mode") and the trace that it belongs to.
 */
export function outgoing(
  event: {
    readonly eventId: string;
    readonly eventType: string;
    readonly occurredOn: string;
  },
  options: { readonly source: string },
): OutgoingEvent {
  const trace = traceparent();
  return {
    eventId: event.eventId,
    eventType: event.eventType,
    occurredOn: event.occurredOn,
    headers: {
      ce_specversion: "1.0",
      ce_id: event.eventId,
      ce_type: event.eventType,
      ce_source: options.source,
      ce_time: event.occurredOn,
      "content-type": "application/json",
      ...(trace === undefined ? {} : { traceparent: trace }),
    },
    payload: event,
  };
}
