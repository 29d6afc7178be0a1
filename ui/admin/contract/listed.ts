/** A page of a list; `next` is what the next one begins after, null at the list's end. */
export type Listed<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

/** Which of the two services. */
export type Part = "order" | "payment";
