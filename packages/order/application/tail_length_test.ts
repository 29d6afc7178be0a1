import { expect, test } from "bun:test";
import { createTailLength } from "./tail_length.ts";

const noon = "2026-11-27T03:00:00.000Z";

test("numbers grow by a character when one is taken, and are short again on the next day in Korea", () => {
  const tail = createTailLength();
  expect(tail.at(noon)).toBe(4);
  // several orders that were under way together meet numbers of the same length
  for (let times = 0; times < 3; times++) tail.growFrom(4);
  expect(tail.at(noon)).toBe(5);
  tail.growFrom(5);
  expect(tail.at("2026-11-27T14:59:59.999Z")).toBe(6);
  expect(tail.at("2026-11-27T15:00:00.000Z")).toBe(4);
});

test("numbers grow before the day's orders make a taken one likely", () => {
  const tail = createTailLength();
  const lengths = Array.from({ length: 8_000 }, () => tail.at(noon));
  expect([0, 311, 312, 1_561, 1_562, 7_811, 7_812].map((order) => lengths[order])).toEqual([
    4, 4, 5, 5, 6, 6, 7,
  ]);
  expect(tail.at("2026-11-27T15:00:00.000Z")).toBe(4);
  // one that was begun before midnight is tried again
  tail.growFrom(4);
  expect(tail.at(noon)).toBe(5);
  expect(tail.at("2026-11-27T15:00:00.001Z")).toBe(5);
});

test("a number that can't be longer is no reason to go on", () => {
  const tail = createTailLength();
  for (let length = 4; length < 13; length++) tail.growFrom(length);
  expect(tail.at(noon)).toBe(4);
  expect(() => tail.growFrom(13)).toThrow(RangeError);
});
