import { AsyncLocalStorage } from "node:async_hooks";

const current = new AsyncLocalStorage<string>();

/** A `traceparent` of W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
const pattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The `traceparent` of the work under way, for outgoing requests; undefined outside a trace. */
export function traceparent(): string | undefined {
  return current.getStore();
}

/** The same as fields of a log line, with OpenTelemetry's names. */
export function traceFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const [, trace_id, span_id] = current.getStore()?.split("-") ?? [];
  return trace_id === undefined || span_id === undefined ? {} : { trace_id, span_id };
}

type Attributes = Readonly<Record<string, string | number>>;

export type SpanAbout = {
  readonly name: string;
  readonly kind: "server" | "client" | "producer" | "consumer";
  /** The `traceparent` of the cause, by default of the work under way; if it is invalid, the span begins a new trace. */
  readonly parent?: string | undefined;
  /** https://opentelemetry.io/docs/specs/semconv/ */
  readonly attributes: Attributes;
};

export type Span = {
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Records the span, as failed if there is an error. */
  end(error?: unknown): void;
};

/** Begins a span. */
export type Tracer = (about: SpanAbout) => Span;

/** Records no spans: work runs in the trace of its cause, or in a new one. */
export const noTracer: Tracer = ({ parent }) => ({
  traceparent: parent !== undefined && pattern.test(parent) ? parent : newTrace(),
  set() {},
  end() {},
});

/** Runs work in a span, the parent of all spans that the work causes. Its log lines, calls and events carry the trace. */
export async function inSpan<T>(
  tracer: Tracer,
  about: SpanAbout,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracer({ parent: traceparent(), ...about });
  try {
    const result = await current.run(span.traceparent, () => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

/** https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ */
export function messageSpan(
  operation: "send" | "process",
  message: {
    readonly topic: string;
    readonly key: string | null;
    readonly id: string | undefined;
    /** A send span's parent is the save that caused the event, a process span's is the send span. */
    readonly parent: string | undefined;
  },
): SpanAbout {
  const { topic, key, id, parent } = message;
  return {
    name: `${operation} ${topic}`,
    kind: operation === "send" ? "producer" : "consumer",
    parent,
    attributes: {
      "messaging.system": "kafka",
      "messaging.operation.name": operation,
      "messaging.operation.type": operation,
      "messaging.destination.name": topic,
      "messaging.kafka.message.key": key ?? "",
      "messaging.message.id": id ?? "",
    },
  };
}

const newTrace = () => `00-${newId()}-${newId().slice(16)}-01`;
const newId = () => crypto.randomUUID().replaceAll("-", "");
