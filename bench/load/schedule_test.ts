import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { constantRate } from "./schedule.ts";

test("constantRate() makes requests due by the clock alone, from the start to the end", () => {
  const schedule = constantRate({ perSecond: 100, forMs: 1_000 });
  expect(schedule.total).toBe(100);
  expect([-1, 0, 9.9, 10, 505, 990, 5_000].map((ms) => schedule.dueCount(ms))).toEqual([
    0, 1, 1, 2, 51, 100, 100,
  ]);
});

test("a request is due exactly when the count of those due reaches it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50_000 }),
      fc.integer({ min: 0, max: 1_000 }),
      (perSecond, index) => {
        const schedule = constantRate({ perSecond, forMs: 60_000 });
        fc.pre(index < schedule.total);
        const dueMs = schedule.dueMs(index);
        expect(schedule.dueCount(dueMs)).toBe(index + 1);
        expect(schedule.dueCount(dueMs - 0.01)).toBeLessThanOrEqual(
          index + (perSecond > 99_000 ? 1 : 0),
        );
      },
    ),
  );
});
