import * as v from "valibot";

export const Whole = v.pipe(v.number(), v.safeInteger());
/** KRW has no minor unit, so 1000 means ₩1,000. */
export const Won = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A sum that somebody pays or gets back: at least ₩1. */
export const PositiveWon = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const Currency = v.literal("KRW");

/** Of a movement of money; `LedgerEntry` says what each is. */
export const MovementKind = v.picklist([
  "capture",
  "refund",
  "return",
  "deposit_reversal",
  "correction",
]);
export type MovementKind = v.InferOutput<typeof MovementKind>;

/** What falls to `amount` of `part`, when `part` is spread evenly over `whole`; rounded down. */
export function shareOf(
  amount: number,
  { part, whole }: { readonly part: number; readonly whole: number },
): number {
  // the product of two sums of won may be no safe integer
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
}

/** Adds sums of won; throws a RangeError when the result is no safe integer, so that money is never rounded. */
export function sumWon(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  if (!Number.isSafeInteger(total))
    throw new RangeError(`Sum ${total} is not a whole number of won`);
  return total;
}
