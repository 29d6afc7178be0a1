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

test("a number that can't be longer is no reason to go on", () => {
  const tail = createTailLength();
  for (let length = 4; length < 13; length++) tail.growFrom(length);
  expect(tail.at(noon)).toBe(4);
  expect(() => tail.growFrom(13)).toThrow(RangeError);
});
