// UUIDv7 ids sort by the time of placing, so a span of time is a range of ids.

/** UUIDs, both included. */
export type IdRange = { readonly from: string; readonly to: string };

/** Ids that were made from `since` on and before `until`, in milliseconds since 1970. */
export function idsBetween(since: number | undefined, until: number | undefined): IdRange {
  return {
    from: since === undefined ? lowest : firstIdAt(since),
    to: until === undefined ? highest : neighbour(firstIdAt(until), -1n),
  };
}

/** What is left of a range behind `cursor`. */
export function idsBehind({ from, to }: IdRange, cursor: string, isNewestFirst: boolean): IdRange {
  const next = neighbour(cursor, isNewestFirst ? -1n : 1n);
  if (isNewestFirst) return { from, to: next < to ? next : to };
  return { from: next > from ? next : from, to };
}

const lowest = "00000000-0000-0000-0000-000000000000";
const highest = "ffffffff-ffff-ffff-ffff-ffffffffffff";

function firstIdAt(ms: number): string {
  return asUuid(BigInt(Math.max(0, ms)) << 80n);
}

function neighbour(id: string, by: 1n | -1n): string {
  const number = BigInt(`0x${id.replaceAll("-", "")}`) + by;
  return asUuid(number < 0n ? 0n : number);
}

function asUuid(number: bigint): string {
  const hex = number.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
