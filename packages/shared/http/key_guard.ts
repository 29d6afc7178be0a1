import type { Logger } from "./log.ts";
import { clientLine } from "./networks.ts";
import { createRateLimit } from "./rate_limit.ts";

/** Wrong keys per address and minute; after that, its keys are refused without a look-up. */
const wrongPerMinute = 10;
/** Remembered addresses that have sent a valid key. */
const knownMax = 1_000;

/**
 * Returns a function that looks up callers' keys, logs wrong ones (never the key), and limits them by address. Valid
 * keys from a known address always pass: otherwise other clients at that address could lock it out by guessing.
 */
export function createKeyGuard(options: {
  readonly name: string;
  readonly log: Logger;
  readonly nowMs?: () => number;
}) {
  const { name, log, nowMs } = options;
  const limit = createRateLimit(wrongPerMinute, nowMs);
  const known = new Set<string>();
  /** Pending look-ups, by address and key. */
  const underWay = new Map<string, Promise<unknown>>();

  /** Counts a look-up in advance, so that concurrent guesses are limited too; undoes that for a valid key. */
  async function lookUp<T>(address: string, look: () => Promise<T | undefined>) {
    const line = clientLine(address);
    const isCounted = !known.has(line);
    if (isCounted) limit.take(address);
    const found = await look().catch((error: unknown) => {
      if (isCounted) limit.giveBack(address);
      throw error;
    });
    if (found === undefined) {
      if (!isCounted) limit.take(address);
      log.warn({ address: line }, `wrong ${name}`);
      return undefined;
    }
    if (isCounted) limit.giveBack(address);
    known.delete(line);
    known.add(line);
    if (known.size > knownMax) known.delete(known.values().next().value as string);
    return found;
  }

  /**
   * Returns what `look` finds by this key; undefined for a wrong key. Throws what `look` throws, and AppError
   * `rate_limited` for an address that sent too many wrong keys.
   */
  return function find<T>(given: string, address: string, look: () => Promise<T | undefined>) {
    const call = `${clientLine(address)} ${given}`;
    const begun = underWay.get(call) as Promise<T | undefined> | undefined;
    if (begun !== undefined) return begun;
    const found = lookUp(address, look).finally(() => underWay.delete(call));
    underWay.set(call, found);
    return found;
  };
}
