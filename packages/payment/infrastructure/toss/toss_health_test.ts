import { expect, test } from "bun:test";
import { createTossHealth } from "./toss_health.ts";

test("the calls of five minutes are counted with their median, and older ones are not", () => {
  let atMs = 0;
  const health = createTossHealth(() => atMs);
  expect(health.read(true)).toEqual({ state: "unknown", calls: 0 });
  expect(health.read(false)).toEqual({ state: "down", calls: 0 });
  health.record("no_response", 60);
  atMs += 5 * 60_000 + 1;
  for (const seconds of [0.3, 0.1, 0.2]) health.record("ok", seconds);
  expect(health.read(true)).toEqual({ state: "up", calls: 3, successRate: 1, medianMs: 200 });
});

test("a decline counts as a response; a server error of Toss and a time-out do not", () => {
  const health = createTossHealth(() => 0);
  health.record("refused", 0.1);
  health.record("failed", 0.1);
  expect(health.read(true)).toEqual({
    state: "degraded",
    calls: 2,
    successRate: 0.5,
    medianMs: 100,
  });
  expect(health.read(false).state).toBe("down");
});

test("it remembers a fixed number of calls", () => {
  const health = createTossHealth(() => 0);
  for (let call = 0; call < 5_000; call++) health.record(call < 3_000 ? "failed" : "ok", 0.1);
  expect(health.read(true).calls).toBe(2_048);
});
