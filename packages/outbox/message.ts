import type { OutgoingEvent } from "./save.ts";
import { traceparent } from "./trace.ts";

type DomainEvent = {
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredOn: string;
};

/**
 * Wraps the event of a change for the outbox: its CloudEvents headers in the Kafka protocol binding
 * (https://github.com/cloudevents/spec, "binary content mode") and the trace that it belongs to.
 * Throws RangeError for more than one: readers tell the events of an aggregate apart by its version.
 */
export function outgoing(
  events: readonly DomainEvent[],
  options: { readonly source: string },
): OutgoingEvent | undefined {
  const [event] = events;
  if (event === undefined) return undefined;
  if (events.length > 1) throw new RangeError("A change has one event at the most");
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
