import { expect, test } from "bun:test";
import { inSpan, noTracer, traceFields, traceparent } from "./trace.ts";

const given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const about = { name: "work", kind: "server", attributes: {} } as const;

test("inSpan() without a tracer continues the trace of its parent, and of the work under way", async () => {
  await inSpan(noTracer, { ...about, parent: given }, async () => {
    await Promise.resolve();
    expect(traceparent()).toBe(given);
    expect(traceFields()).toEqual({
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      span_id: "00f067aa0ba902b7",
    });
    await inSpan(noTracer, about, async () => expect(traceparent()).toBe(given));
  });
});

test("inSpan() without a tracer starts a trace when the parent is missing or invalid", async () => {
  const zeros = `00-${"0".repeat(32)}-00f067aa0ba902b7-01`;
  for (const parent of [undefined, "", "00-x-y-01", zeros, `${given}\r\nx: y`]) {
    await inSpan(noTracer, { ...about, parent }, async (span) => {
      expect(traceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(span.traceparent).toBe(traceparent() ?? "");
    });
  }
});

test("traceparent() is undefined outside any trace", () => {
  expect(traceparent()).toBeUndefined();
  expect(traceFields()).toEqual({});
});
