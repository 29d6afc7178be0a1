import { AsyncLocalStorage } from "node:async_hooks";

const current = new AsyncLocalStorage<string>();

/** A `traceparent` of W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
const pattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Runs work in the caller's trace, or in a new one when `given` is missing or invalid. Events of the work carry it. */
export function inTrace<T>(given: string | undefined, work: () => T): T {
  return current.run(given !== undefined && pattern.test(given) ? given : newTrace(), work);
}

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
  /** The `traceparent` of the cause; if it is undefined or invalid, the span begins a new trace. */
  readonly parent: string | undefined;
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

/** Runs work in a span, the parent of all spans that the work causes. Without a tracer it only runs the work. */
export async function inSpan<T>(
  tracer: Tracer | undefined,
  about: () => SpanAbout,
  work: (span?: Span) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return await work();
  const span = tracer(about());
  try {
    const result = await current.run(span.traceparent, () => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

const newTrace = () => `00-${newId()}-${newId().slice(16)}-01`;
const newId = () => crypto.randomUUID().replaceAll("-", "");
