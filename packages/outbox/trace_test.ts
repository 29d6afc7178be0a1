import { expect, test } from "bun:test";
import { inTrace, traceFields, traceparent } from "./trace.ts";

const given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test("inTrace() continues the caller's trace", async () => {
  await inTrace(given, async () => {
    await Promise.resolve();
    expect(traceparent()).toBe(given);
    expect(traceFields()).toEqual({
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      span_id: "00f067aa0ba902b7",
    });
  });
});

test("inTrace() starts a trace when the given one is missing or invalid", () => {
  const zeros = `00-${"0".repeat(32)}-00f067aa0ba902b7-01`;
  for (const wrong of [undefined, "", "00-x-y-01", zeros, `${given}\r\nx: y`]) {
    inTrace(wrong, () => expect(traceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/));
  }
});

test("traceparent() is undefined outside any trace", () => {
  expect(traceparent()).toBeUndefined();
  expect(traceFields()).toEqual({});
});
