import type { AdminDeps, Attention } from "./contract.ts";

/** For the badge in the navigation of every page, which must not wait for the services each time. */
export type AttentionCount = {
  /** Known a moment ago; undefined while it can't be learnt. */
  read(): Promise<number | undefined>;
  /** What a page has just read. */
  note(attention: Attention): void;
};

/** So old a count may be before it is read again, behind the page that shows it. */
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
