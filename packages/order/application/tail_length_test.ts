import { expect, test } from "bun:test";
import { createTailLength } from "./tail_length.ts";

const noon = "2026-11-27T03:00:00.000Z";

test("createTailLength() grows by a character after a collision, and is short again on the next day in Korea", () => {
  const tail = createTailLength();
  expect(tail.at(noon)).toBe(4);
  // concurrent orders collide at the same length
  for (let times = 0; times < 3; times++) tail.growFrom(4);
  expect(tail.at(noon)).toBe(5);
  tail.growFrom(5);
  expect(tail.at("2026-11-27T14:59:59.999Z")).toBe(6);
  expect(tail.at("2026-11-27T15:00:00.000Z")).toBe(4);
});

test("createTailLength() grows before the day's orders make a collision likely", () => {
  const tail = createTailLength();
  const lengths = Array.from({ length: 8_000 }, () => tail.at(noon));
  expect([0, 311, 312, 1_561, 1_562, 7_811, 7_812].map((order) => lengths[order])).toEqual([
    4, 4, 5, 5, 6, 6, 7,
  ]);
  expect(tail.at("2026-11-27T15:00:00.000Z")).toBe(4);
  // a try that began before midnight
  tail.growFrom(4);
  expect(tail.at(noon)).toBe(5);
  expect(tail.at("2026-11-27T15:00:00.001Z")).toBe(5);
});

test("createTailLength() throws after a collision at the longest length", () => {
  const tail = createTailLength();
  for (let length = 4; length < 13; length++) tail.growFrom(length);
  expect(tail.at(noon)).toBe(4);
  expect(() => tail.growFrom(13)).toThrow(RangeError);
});
