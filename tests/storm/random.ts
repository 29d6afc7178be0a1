/** Random numbers from a seed, so that a storm's choices can be repeated. */
export type Random = {
  /** A number in [0, 1). */
  next(): number;
  chance(share: number): boolean;
  /** An integer from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  pick<T>(among: readonly T[]): T;
  /** One of the keys, by weight. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
};

/** Mulberry32: 32 bits of state are enough for a storm. `part` selects an independent stream of the seed. */
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
