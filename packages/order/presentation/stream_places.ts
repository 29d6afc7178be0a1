import { clientLine } from "@payflow/shared/http";

type Stream = {
  readonly line: string;
  readonly orderId: string;
  readonly evict: () => void;
};

/** Streams of one address or of one order, oldest first. */
type Groups = Map<string, Set<Stream>>;

export type StreamPlaces = ReturnType<typeof createStreamPlaces>;

/**
 * Places for open streams. There is always one for the next shopper: when a limit is reached, the oldest stream of the
 * address that has most of them gives its place up.
 */
export function createStreamPlaces(limits = { perAddress: 100, perOrder: 20, inAll: 5_000 }) {
  const all = new Set<Stream>();
  const byLine: Groups = new Map();
  const byOrder: Groups = new Map();

  function remove(stream: Stream): void {
    all.delete(stream);
    leave(byLine, stream.line, stream);
    leave(byOrder, stream.orderId, stream);
  }

  function evict(stream: Stream | undefined): void {
    if (stream === undefined) return;
    remove(stream);
    stream.evict();
  }

  return {
    /** Takes a place for a stream and returns what gives it back. `tellEvicted`: another stream has got the place. */
    take(
      { address, orderId }: { readonly address: string; readonly orderId: string },
      tellEvicted: () => void,
    ): () => void {
      const line = clientLine(address);
      const ofLine = byLine.get(line) ?? new Set();
      if (ofLine.size >= limits.perAddress) evict(first(ofLine));
      const ofOrder = byOrder.get(orderId) ?? new Set();
      if (ofOrder.size >= limits.perOrder) evict(first(largest(byLineOf(ofOrder))));
      if (all.size >= limits.inAll) evict(first(largest(byLine)));
      const stream = { line, orderId, evict: tellEvicted };
      all.add(stream);
      join(byLine, line, stream);
      join(byOrder, orderId, stream);
      return () => remove(stream);
    },
  };
}

function join(groups: Groups, key: string, stream: Stream): void {
  const group = groups.get(key) ?? new Set();
  group.add(stream);
  groups.set(key, group);
}

function leave(groups: Groups, key: string, stream: Stream): void {
  const group = groups.get(key);
  group?.delete(stream);
  if (group?.size === 0) groups.delete(key);
}

function byLineOf(streams: Iterable<Stream>): Groups {
  const groups: Groups = new Map();
  for (const stream of streams) join(groups, stream.line, stream);
  return groups;
}

function largest(groups: Groups): Set<Stream> {
  let most = new Set<Stream>();
  for (const group of groups.values()) if (group.size > most.size) most = group;
  return most;
}

/** The oldest of a group. */
function first(group: Iterable<Stream>): Stream | undefined {
  for (const stream of group) return stream;
  return undefined;
}
