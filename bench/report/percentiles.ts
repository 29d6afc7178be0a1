/** Percentiles of durations, in milliseconds. */
export type Spread = {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
};

/** The value that `share` of the values do not exceed (nearest rank); NaN without values. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    count: sorted.length,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  };
}

/** The middle value, or the mean of the two in the middle; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The median over rounds of each quantile; rounds without values are left out. */
export function medianSpread(spreads: readonly Spread[]): Spread {
  const filled = spreads.filter(({ count }) => count > 0);
  const of = (name: keyof Spread) => median(filled.map((spread) => spread[name]));
  const count = filled.reduce((sum, spread) => sum + spread.count, 0);
  return { count, p50: of("p50"), p95: of("p95"), p99: of("p99"), max: of("max") };
}
