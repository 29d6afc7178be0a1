import { expect, test } from "bun:test";
import { timeOption } from "./time_option.ts";

const now = Date.parse("2026-11-25T00:00:00Z");

test("timeOption() parses Korean dates, times and durations", () => {
  for (const [text, time] of [
    ["2026-11-25", "2026-11-24T15:00:00.000Z"],
    ["2026-11-25T09:00:00+09:00", "2026-11-25T00:00:00.000Z"],
    ["2026-11-25T09:00:00Z", "2026-11-25T09:00:00.000Z"],
    ["2026-11-25T09:00", "2026-11-25T00:00:00.000Z"],
    ["2026-11-25 09:00:00.5", "2026-11-25T00:00:00.500Z"],
    ["30m", "2026-11-24T23:30:00.000Z"],
    ["24h", "2026-11-24T00:00:00.000Z"],
    ["7d", "2026-11-18T00:00:00.000Z"],
  ] as const)
    expect(timeOption("since", text, now)).toBe(time);
  for (const text of [
    "",
    "soon",
    "5",
    "7w",
    "2026",
    "1",
    "2026-13-01",
    "-1h",
    "2026-02-30",
    "2026-11-25T25:00",
  ])
    expect(() => timeOption("since", text, now), text).toThrow("--since is");
});
