import { expect, test } from "bun:test";
import { startPatience } from "./patience.ts";

test("startPatience() ends, and takes longer on a busy machine", async () => {
  const quiet = startPatience(20, () => 0.1);
  const crowded = startPatience(20, () => 1e9);
  await quiet.over;
  expect(quiet.isOver()).toBe(true);
  expect(crowded.isOver()).toBe(false);
  crowded.end();
});

test("startPatience() counts at most 500 ms of a gap between two samples", () => {
  let now = 0;
  const patience = startPatience(
    1000,
    () => 1,
    () => now,
  );
  now = 60_000;
  expect(patience.isOver()).toBe(false);
  now += 499;
  expect(patience.isOver()).toBe(false);
  now += 1;
  expect(patience.isOver()).toBe(true);
  patience.end();
});
