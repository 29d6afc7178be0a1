import { expect, test } from "bun:test";
import { startPatience } from "./patience.ts";

test("startPatience() ends, and a crowded machine gets longer", async () => {
  const quiet = startPatience(20, () => 0.1);
  const crowded = startPatience(20, () => 1e9);
  await quiet.over;
  expect(quiet.isOver()).toBe(true);
  expect(crowded.isOver()).toBe(false);
  crowded.end();
});
