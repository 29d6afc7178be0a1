import type { Logger } from "./log.ts";
import { clientLine } from "./networks.ts";
import { createRateLimit } from "./rate_limit.ts";
import { sameSecret } from "./secret.ts";

/** Wrong keys of one address in a minute; beyond, none of its keys is looked at. */
const wrongPerMinute = 10;
/** Addresses remembered for having shown the right key. */
const knownMax = 1_000;

export type KeyGuard = ReturnType<typeof createKeyGuard>;

/**
 * Compares callers' keys with the right ones, logs wrong ones (never the key), and bounds them by address. An address
 * that has shown the right key before is never shut out: else its neighbours could do that to it by guessing.
 */
export function createKeyGuard(options: {
  readonly name: string;
  readonly keys: readonly string[];
  readonly log: Logger;
  readonly nowMs?: () => number;
}) {
  const { name, keys, log, nowMs } = options;
  const limit = createRateLimit(wrongPerMinute, nowMs);
  const known = new Set<string>();
  return {
    /** Whether this is a right key. Throws AppError `rate_limited` for an address that showed too many wrong ones. */
    isRight(given: string, address: string): boolean {
      const line = clientLine(address);
      const isRight = keys.some((key) => sameSecret(given, key));
      if (isRight && (known.has(line) || !limit.isUsedUp(address))) {
        known.delete(line);
        known.add(line);
        if (known.size > knownMax) known.delete(known.values().next().value as string);
        return true;
      }
      limit.take(address);
      log.warn({ address: line }, `wrong ${name}`);
      return false;
    },
  };
}
