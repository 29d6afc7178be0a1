import { expect, test } from "bun:test";
import { orderNumberOf } from "@payflow/shared";
import { longestTail, orderNumber, shortestTail } from "./order_number.ts";

const placedAt = "2026-11-27T05:00:00.000Z";

test("orderNumber() begins with the day in Korea", () => {
  const id = Bun.randomUUIDv7();
  expect(orderNumber(id, "2026-12-31T14:59:59.999Z", 4)).toStartWith("1231-");
  expect(orderNumber(id, "2026-12-31T15:00:00.000Z", 4)).toStartWith("0101-");
});

test("orderNumber() makes numbers of each length, and a longer one starts with the shorter one", () => {
  const id = Bun.randomUUIDv7();
  let shorter = "";
  for (let tail = shortestTail; tail <= longestTail; tail++) {
    const number = orderNumber(id, placedAt, tail);
    expect(orderNumberOf(number)).toBe(number);
    expect(number).toHaveLength(5 + tail);
    expect(number).toStartWith(shorter);
    shorter = number;
  }
});

test("orderNumber() spreads orders of one millisecond over all numbers of that length", () => {
  const ids = Array.from({ length: 20_000 }, () => Bun.randomUUIDv7("hex", 0));
  const numbers = new Set(ids.map((id) => orderNumber(id, placedAt, 6)));
  // 20,000 of 244 million: less than one collision is expected
  expect(numbers.size).toBeGreaterThan(19_980);
  const counts = Map.groupBy(numbers, (number) => number[5]);
  expect(counts.size).toBe(25);
});
