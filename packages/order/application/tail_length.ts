import { koreanDayOf, orderNumberCharacters } from "@payflow/shared";
import { longestTail, shortestTail } from "../domain/order_number.ts";

export type TailLength = ReturnType<typeof createTailLength>;

/**
 * How long order numbers have to be, as far as this process knows: the shortest tail at the beginning of each day, one
 * character more before a taken number becomes likely, and whenever one was. So numbers are as short as the day's orders
 * let them be, and few orders need a second one.
 */
export function createTailLength() {
  let day = "";
  let length = shortestTail;
  let placed = 0;
  return {
    /** Of one more try to place an order; one that was begun before midnight does not turn the day back. */
    at(placedAt: string): number {
      const today = koreanDayOf(placedAt);
      if (today > day) [day, length, placed] = [today, shortestTail, 0];
      placed += 1;
      // of one process, so many meet a taken one on every eighth day (https://en.wikipedia.org/wiki/Birthday_problem)
      const fewEnough = Math.sqrt(orderNumberCharacters.length ** length) / 2;
      if (placed > fewEnough && length < longestTail) length += 1;
      return length;
    },
    /** A number with a tail of this length is taken. Throws RangeError when there is no longer one. */
    growFrom(taken: number): void {
      if (taken >= longestTail)
        throw new RangeError(`An order number of ${taken} characters is taken`);
      length = Math.max(length, taken + 1);
    },
  };
}
