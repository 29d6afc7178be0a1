import { expect, test } from "bun:test";
import { untilUp } from "./until_up.ts";

const running = { exited: new Promise<number>(() => undefined), heardAt: () => 0 };
const looks = (...found: ("up" | "alive" | "silent")[]) => {
  let count = 0;
  return async () => found[Math.min(count++, found.length - 1)] ?? "silent";
};

test("untilUp() waits for as long as there are signs of life", async () => {
  const alive = Array.from({ length: 8 }, () => "alive" as const);
  const limits = { silentForMs: 120 };
  expect(await untilUp(running, looks(...alive, "up"), limits)).toBe("up");
  const talking = { ...running, heardAt: () => performance.now() };
  const silent = Array.from({ length: 8 }, () => "silent" as const);
  expect(await untilUp(talking, looks(...silent, "up"), limits)).toBe("up");
});

test("untilUp() gives up after silence, counted from the last sign of life", async () => {
  const limits = { silentForMs: 0 };
  const found = await untilUp(running, looks("alive", "silent"), limits);
  expect(found).toBeUndefined();
});

test("untilUp() returns the exit code of a child that ended", async () => {
  const ended = { ...running, exited: Promise.resolve(3) };
  expect(await untilUp(ended, looks("silent"))).toBe(3);
});
