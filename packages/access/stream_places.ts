import { clientLine } from "@payflow/shared/http";

type Stream = { readonly line: string; readonly subject: string; readonly evict: () => void };

export type StreamPlaces = ReturnType<typeof createStreamPlaces>;

/**
 * Limits the open streams, each about one subject. A new stream is always admitted: when a limit is reached, the oldest
 * stream of the address with the most streams is evicted.
 */
export function createStreamPlaces(limits = { perAddress: 100, perSubject: 20, inAll: 5_000 }) {
  // oldest first
  const all = new Set<Stream>();

  function makeRoom(max: number, isInGroup: (stream: Stream) => boolean): void {
    const group = [...all].filter(isInGroup);
    if (group.length < max) return;
    const byLine = [...Map.groupBy(group, ({ line }) => line).values()];
    const oldest = byLine.reduce((most, next) => (next.length > most.length ? next : most))[0];
    if (oldest !== undefined && all.delete(oldest)) oldest.evict();
  }

  return {
    /** Takes a place for a stream and returns a function that releases it. `evict` is called when the place is lost. */
    take(
      { address, subject }: { readonly address: string; readonly subject: string },
      evict: () => void,
    ): () => void {
      const stream = { line: clientLine(address), subject, evict };
      makeRoom(limits.perAddress, ({ line }) => line === stream.line);
      makeRoom(limits.perSubject, (other) => other.subject === subject);
      makeRoom(limits.inAll, () => true);
      all.add(stream);
      return () => void all.delete(stream);
    },
  };
}
