import { expect, test } from "bun:test";
import { daysIn, monthAfter, monthOf } from "./months.ts";

test("monthOf() is the present month in Korea unless a valid month is given", () => {
  const now = new Date("2026-12-31T15:00:00.000Z");
  expect(monthOf(undefined, now)).toBe("2027-01");
  expect(monthOf("2026-13", now)).toBe("2027-01");
  expect(monthOf("2026-11", now)).toBe("2026-11");
});

test("monthAfter() crosses years both ways", () => {
  expect(monthAfter("2026-12", 1)).toBe("2027-01");
  expect(monthAfter("2026-01", -1)).toBe("2025-12");
});

test("daysIn() handles leap years", () => {
  expect([daysIn("2028-02"), daysIn("2026-02"), daysIn("2026-12")]).toEqual([29, 28, 31]);
});
