/** A page of a list; `next` is the cursor of the next page, null on the last one. */
export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

/** A page of `limit` rows from up to `limit` + 1 rows read: the extra row shows that there is a next page. */
export function pageOf<Row>(found: readonly Row[], limit: number, placeOf: (row: Row) => string) {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? placeOf(last) : null };
}
