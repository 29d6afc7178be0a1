/** Slots over which the outbox's rows are spread; each has one relay at a time, so more slots allow more relays. */
export const slotCount = 16;

/** Bytes of an event: a quarter of the largest batch of a topic. */
export const eventBytesMax = 256 * 1024;

/** FNV-1a over the key: every writer must agree on the slot of a key, also across releases. */
export function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % slotCount;
}
