/** Outbox rows are spread over this many slots. Each slot has one relay at a time, so no more relays can share the work. */
export const slotCount = 16;

/** Size limit of an event: a quarter of the largest batch of a topic. */
export const eventBytesMax = 256 * 1024;

/** FNV-1a over the key. Must never change: writers of all releases must compute the same slot for a key. */
export function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % slotCount;
}
