import { expect, test } from "bun:test";
import { slotCount, slotOf } from "./slot_leases.ts";

test("slotOf() returns the same slot for a key as earlier releases", () => {
  // the slot is stored in rows: with another value, one key would have two senders during an upgrade
  expect(slotOf("")).toBe(5);
  expect(slotOf("a")).toBe(12);
});

test("slotOf() spreads keys over all slots evenly", () => {
  const counts = Array.from({ length: slotCount }, () => 0);
  for (let count = 0; count < 16_000; count++) {
    const slot = slotOf(Bun.randomUUIDv7());
    counts[slot] = (counts[slot] as number) + 1;
  }
  for (const count of counts) {
    expect(count).toBeGreaterThan(750);
    expect(count).toBeLessThan(1_250);
  }
});
