import { expect, test } from "bun:test";
import { orderNumberOf } from "./order_number.ts";

test("orderNumberOf() accepts either case, with and without hyphen, and spaces", () => {
  for (const typed of ["1127-K7P3", "1127-k7p3", "1127K7P3", " 1127 k7p3 ", "11-27-K7-P3"])
    expect(orderNumberOf(typed)).toBe("1127-K7P3");
  expect(orderNumberOf("0101-k7p3qx")).toBe("0101-K7P3QX");
});

test("orderNumberOf() returns undefined for any other text", () => {
  const ids = ["019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "1127-K7P3-K7P3-K7P3-K7P3"];
  for (const typed of [
    "",
    "1127",
    "1127-K7P",
    "1127-K7PO",
    "1327-K7P3",
    "1147-K7P3",
    "12,000",
    ...ids,
  ])
    expect(orderNumberOf(typed)).toBeUndefined();
});
