import { koreanDayOf, orderNumberCharacters } from "@payflow/shared";
import { longestTail, shortestTail } from "../domain/order_number.ts";

export type TailLength = ReturnType<typeof createTailLength>;

/**
 * The length of the random tail of order numbers, in this process. Each day begins with the shortest one. It grows by a
 * character before a collision becomes likely, and after each collision. So numbers stay short, and few orders need a
 * second try.
 */
export function createTailLength() {
  let day = "";
  let length = shortestTail;
  let placed = 0;
  return {
    /** The length for one more try to place an order. A try that began before midnight does not reset the day. */
    at(placedAt: string): number {
      const today = koreanDayOf(placedAt);
      if (today > day) [day, length, placed] = [today, shortestTail, 0];
      placed += 1;
      // this many orders collide on one day in eight (https://en.wikipedia.org/wiki/Birthday_problem)
      const fewEnough = Math.sqrt(orderNumberCharacters.length ** length) / 2;
      if (placed > fewEnough && length < longestTail) length += 1;
      return length;
    },
    /** Reports that a number with a tail of this length was taken. Throws RangeError at the longest length. */
    growFrom(taken: number): void {
      if (taken >= longestTail)
        throw new RangeError(`An order number of ${taken} characters is taken`);
      length = Math.max(length, taken + 1);
    },
  };
}
