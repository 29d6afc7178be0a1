import { expect, test } from "bun:test";
import { cpuMicrosOf, memoryMbOf, parentOf, parseStat, sharedMbOf } from "./process_times.ts";

test("parseStat() reads times after a command with spaces and parentheses", () => {
  const line =
    "4711 (postgres: (a) b) S 42 4711 4711 0 -1 4194560 1 2 3 4 150 50 700 300 20 0 1 0 99 1 2";
  expect(parseStat(line)).toEqual({
    parent: 42,
    ownMicros: 2_000_000,
    endedChildrenMicros: 10_000_000,
  });
});

test.if(process.platform === "linux")("CPU time and memory of this process are found", () => {
  expect(parentOf(process.pid)).toBe(process.ppid);
  // the system counts in hundredths of a second: this process works until it has used one
  const untilMs = performance.now() + 60_000;
  while (cpuMicrosOf(process.pid) === 0 && performance.now() < untilMs);
  expect(cpuMicrosOf(process.pid)).toBeGreaterThan(0);
  expect(memoryMbOf(process.pid)).toBeGreaterThan(10);
  expect(sharedMbOf(process.pid)).toBeLessThan(memoryMbOf(process.pid) ?? 0);
});

test("a process that has ended has no values", () => {
  expect(cpuMicrosOf(2 ** 30)).toBeUndefined();
  expect(memoryMbOf(2 ** 30)).toBeUndefined();
  expect(sharedMbOf(2 ** 30)).toBeUndefined();
});
