import { expect, test } from "bun:test";
import { median, medianSpread, quantile, spreadOf } from "./percentiles.ts";

test("quantile() returns the smallest value that the share of values does not exceed", () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0.5, 0.95, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([50, 95, 99, 100]);
  expect(quantile([7], 0.5)).toBe(7);
  expect(quantile([7, 8], 0)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

test("spreadOf() sorts numerically", () => {
  expect(spreadOf([10, 9, 100, 1])).toEqual({ count: 4, p50: 9, p95: 100, p99: 100, max: 100 });
});

test("median() is the middle, or the mean of the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("medianSpread() returns each quantile's median over rounds that have values", () => {
  const rounds = [[1, 2], [], [3, 30], [5, 6]].map(spreadOf);
  expect(medianSpread(rounds)).toEqual({ count: 6, p50: 3, p95: 6, p99: 6, max: 6 });
});
