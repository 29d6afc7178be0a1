import * as v from "valibot";

export const Whole = v.pipe(v.number(), v.safeInteger());
/** KRW has no minor unit, so 1000 means ₩1,000. */
export const Won = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** An amount of a payment or a refund: at least ₩1. */
export const PositiveWon = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const Currency = v.literal("KRW");

/** The kind of a ledger's movement; `LedgerEntry` explains each. */
export const MovementKind = v.picklist([
  "capture",
  "refund",
  "return",
  "deposit_reversal",
  "correction",
]);
export type MovementKind = v.InferOutput<typeof MovementKind>;

/** The share of `part` in `amount`, in proportion to `whole`; rounded down. */
export function shareOf(
  amount: number,
  { part, whole }: { readonly part: number; readonly whole: number },
): number {
  // the product of two amounts may exceed the safe integers
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
}

/** Throws a RangeError when the sum is not a safe integer, so that money is never rounded. */
export function sumWon(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  if (!Number.isSafeInteger(total))
    throw new RangeError(`Sum ${total} is not a whole number of won`);
  return total;
}
