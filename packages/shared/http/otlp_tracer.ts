// Loaded only if traces are exported. OpenTelemetry's SDK without global state: a process may have several tracers.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { pause } from "@payflow/database";
import { type Tracer } from "@payflow/outbox";
import manifest from "../../../package.json" with { type: "json" };
import { messageOf } from "./error_fields.ts";

/** Spans that wait for the exporter; further spans are dropped. */
const queueMax = 4_096;
const exportLimitMs = 5_000;
const stopLimitMs = 2_000;

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Exports spans by OTLP over HTTP. While the collector is unavailable they are dropped; the service never waits. */
export function createOtlpTracer(options: {
  readonly service: string;
  /** The base address; spans go to `/v1/traces` there. */
  readonly endpoint: string;
  /** Sampled share of the traces whose caller made no sampling decision. */
  readonly share: number;
}): { readonly tracer: Tracer; stop(): Promise<void> } {
  const { service, endpoint, share } = options;
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": `payflow-${service}`,
      "service.version": manifest.version,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: exportLimitMs }),
        maxQueueSize: queueMax,
        exportTimeoutMillis: exportLimitMs,
        scheduledDelayMillis: 1_000,
      }),
    ],
  });
  const inner = provider.getTracer("payflow");
  return {
    tracer({ name, kind, parent, attributes }) {
      const span = inner.startSpan(name, { kind: kinds[kind], attributes }, contextOf(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
        set: (more) => void span.setAttributes(more),
        end(error) {
          if (error !== undefined) {
            const isError = error instanceof Error;
            span.setAttribute("error.type", isError ? error.name : "unknown");
            const message = isError ? messageOf(error) : "";
            span.setStatus({ code: SpanStatusCode.ERROR, message });
          }
          span.end();
        },
      };
    },
    async stop() {
      await Promise.race([provider.shutdown().catch(() => {}), pause(stopLimitMs)]);
    },
  };
}

function contextOf(traceparent: string | undefined): Context {
  const [, traceId = "", spanId = "", flags = ""] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? "") ?? [];
  if (traceId === "") return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
