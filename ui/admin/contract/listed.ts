/** A page of a list; pass `next` to get the next page, null on the last one. */
export type Listed<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

/** The service. */
export type Part = "order" | "payment";
