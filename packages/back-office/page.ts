/** A page of a list; `next` is where the one after it begins, null behind the last row. */
export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

/** A page of `limit` rows, of which one more was read to see whether there are more. */
export function pageOf<Row>(
  found: readonly Row[],
  limit: number,
  placeOf: (row: Row) => string,
): Page<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? placeOf(last) : null };
}
