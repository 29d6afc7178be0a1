import type { AdminDeps, Attention } from "./contract.ts";

/** The number in the navigation's badge. Cached, so that pages do not wait for the services. */
export type AttentionCount = {
  /** A count at most a few seconds old; undefined while the services cannot be reached. */
  read(): Promise<number | undefined>;
  /** Stores the count that a page has just read. */
  note(attention: Attention): void;
};

/** Age from which a count is read again in the background; the old count is still returned. */
const freshMs = 5_000;

export function attentionCount(deps: Pick<AdminDeps, "readAttention">): AttentionCount {
  let count: number | undefined;
  let readAt = -Infinity;
  let underWay: Promise<void> | undefined;
  const counter: AttentionCount = {
    async read() {
      if (performance.now() - readAt >= freshMs) {
        underWay ??= deps
          .readAttention()
          .then(counter.note, () => {
            count = undefined;
            readAt = performance.now();
          })
          .finally(() => (underWay = undefined));
        if (count === undefined) await underWay;
      }
      return count;
    },
    note({ items }) {
      count = items.length;
      readAt = performance.now();
    },
  };
  return counter;
}
