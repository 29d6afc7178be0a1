import type { Logger } from "./log.ts";
import { clientLine } from "./networks.ts";
import { createRateLimit } from "./rate_limit.ts";

/** Wrong keys of one address in a minute; beyond, none of its keys is looked at. */
const wrongPerMinute = 10;
/** Addresses remembered for having shown the right key. */
const knownMax = 1_000;

/**
 * Returns a function that looks callers' keys up, logs wrong ones (never the key), and bounds them by address. An address
 * that has shown a right key is never shut out: else its neighbours could do that to it by guessing.
 */
export function createKeyGuard(options: {
  readonly name: string;
  readonly log: Logger;
  readonly nowMs?: () => number;
}) {
  const { name, log, nowMs } = options;
  const limit = createRateLimit(wrongPerMinute, nowMs);
  const known = new Set<string>();
  /** Look-ups under way, by address and key. */
  const underWay = new Map<string, Promise<unknown>>();

  /** A look-up is counted before it is made, or many at once would all be made; a right key's is not counted. */
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
   * What `look` finds by this key; undefined: it is a wrong one. Throws what `look` throws, and AppError `rate_limited` for
   * an address that showed too many wrong ones.
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
