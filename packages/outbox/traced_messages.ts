// Spans of Kafka messages: a send span's parent is the save that caused the event, a process span's is the send span.
import type { MessageHandler } from "./chunk_handler.ts";
import type { AnyMessage, EventProducer } from "./kafka.ts";
import { inSpan, type SpanAbout, type Tracer } from "./trace.ts";

/** The producer with a span for each message, which the message carries. */
export function tracedProducer(producer: EventProducer, tracer: Tracer | undefined): EventProducer {
  if (tracer === undefined) return producer;
  const send = async (messages: readonly AnyMessage[]): Promise<void> => {
    const spans = messages.map((message) => tracer(spanOf("send", message)));
    const end = (error?: unknown) => spans.forEach((span) => span.end(error));
    try {
      await producer.send(
        messages.map((message, index) => {
          const traceparent = spans[index]?.traceparent ?? "";
          return { ...message, headers: { ...message.headers, traceparent } };
        }),
      );
      end();
    } catch (error) {
      end(error);
      throw error;
    }
  };
  return { ...producer, send };
}

/** The handler with a span for each message. */
export function tracedHandler(handle: MessageHandler, tracer: Tracer | undefined): MessageHandler {
  return (message) => {
    const about = () => spanOf("process", message);
    return inSpan(tracer, about, () => handle(message));
  };
}

/** https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ */
function spanOf(
  operation: "send" | "process",
  { topic, key, headers }: Pick<AnyMessage, "topic" | "key" | "headers">,
): SpanAbout {
  return {
    name: `${operation} ${topic}`,
    kind: operation === "send" ? "producer" : "consumer",
    parent: headers["traceparent"],
    attributes: {
      "messaging.system": "kafka",
      "messaging.operation.name": operation,
      "messaging.operation.type": operation,
      "messaging.destination.name": topic,
      "messaging.kafka.message.key": key ?? "",
      "messaging.message.id": headers["ce_id"] ?? "",
    },
  };
}
