/** Draws that a seed decides, so that a storm can be raised again. */
export type Random = {
  /** From 0 up to, not including, 1. */
  next(): number;
  chance(share: number): boolean;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  pick<T>(among: readonly T[]): T;
  /** One of the keys, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
};

/** Mulberry32: 32 bits of state are plenty for a storm. `part` makes independent streams of one seed. */
export function randomOf(seed: number, part = 0): Random {
  let state = (seed ^ Math.imul(part + 1, 0x9e3779b1)) >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    chance: (share) => next() < share,
    whole,
    pick: (among) => among[whole(0, among.length - 1)] as never,
    weighted(weights) {
      const entries = Object.entries(weights) as [never, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        if ((left -= weight) < 0) return name;
      }
      throw new RangeError("There is nothing to choose from");
    },
  };
}
