import { expect, test } from "bun:test";
import { isKoreanDay, isKoreanMonth, koreanDayOf } from "./time.ts";

test("isKoreanMonth() accepts YYYY-MM of this century only", () => {
  for (const month of [
    "2026-13",
    "2026-00",
    "2026",
    "26-01",
    "2026-1",
    "1999-01",
    "x",
    "2026-01-01",
  ])
    expect(isKoreanMonth(month), month).toBe(false);
  expect(isKoreanMonth("2026-12")).toBe(true);
});

test("isKoreanDay() accepts days of the calendar only", () => {
  for (const day of ["2026-02-29", "2026-13-01", "2026-1-1", "2026-01-32", "2026-01", "20260101"])
    expect(isKoreanDay(day), day).toBe(false);
  expect(isKoreanDay("2028-02-29")).toBe(true);
});

test("koreanDayOf() changes at midnight in Korea, also at the end of a year", () => {
  expect(koreanDayOf("2025-12-31T14:59:59.999Z")).toBe("2025-12-31");
  expect(koreanDayOf("2025-12-31T15:00:00.000Z")).toBe("2026-01-01");
});
