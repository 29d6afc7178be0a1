import { AppError } from "../app_error.ts";
import { clientLine } from "./networks.ts";

/** Remembered addresses; beyond that, the least recently used ones are evicted. */
const addressesMax = 20_000;

export type RateLimit = ReturnType<typeof createRateLimit>;

/** A token bucket per client address, in this process: a burst of `perMinute`, refilled evenly. 0 switches it off. */
export function createRateLimit(
  perMinute: number,
  nowMs: () => number = performance.now.bind(performance),
) {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    /** Undoes one `take`. */
    giveBack(clientAddress: string): void {
      const bucket = buckets.get(clientLine(clientAddress));
      if (bucket !== undefined) bucket.tokens += 1;
    },
    /** Counts one call of an address. Throws AppError `rate_limited` when its bucket is empty. */
    take(clientAddress: string): void {
      if (perMinute === 0) return;
      const address = clientLine(clientAddress);
      const now = nowMs();
      const known = buckets.get(address) ?? { tokens: perMinute, atMs: now };
      const refilled = ((now - known.atMs) / 60_000) * perMinute;
      const tokens = Math.min(perMinute, known.tokens + refilled);
      // re-inserted, so that the map is in the order of last use
      buckets.delete(address);
      buckets.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: now });
      if (buckets.size > addressesMax) buckets.delete(buckets.keys().next().value as string);
      if (tokens >= 1) return;
      const retryAfterSeconds = Math.max(1, Math.ceil(((1 - tokens) * 60) / perMinute));
      const text = `Too many calls; try again in ${retryAfterSeconds} s`;
      throw new AppError("too_many", "rate_limited", text, { retryAfterSeconds });
    },
  };
}
