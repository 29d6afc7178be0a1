import { expect, test } from "bun:test";
import { progressLine, shareDone } from "./progress.ts";

test("shareDone() counts finished figures by estimate, and the current one never as done", () => {
  const estimatesMs = [100, 300];
  const share = (done: number, presentMs: number) => shareDone({ estimatesMs, done, presentMs });
  expect(share(0, 0)).toBe(0);
  expect(share(0, 50)).toBe(0.125);
  expect(share(0, 9_999)).toBeLessThan(0.25);
  expect(share(1, 0)).toBe(0.25);
  expect(share(2, 0)).toBe(1);
  expect(shareDone({ estimatesMs: [], done: 0, presentMs: 0 })).toBe(1);
});

test("progressLine() draws the bar, the share and the time", () => {
  expect(progressLine("orders", 0.5, 61_000)).toBe("████████████░░░░░░░░░░░░  50 %  1:01  orders");
});
