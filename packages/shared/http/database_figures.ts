// Figures that the database has, so that every replica shows the same and a restart loses none.
import { sql, type Kysely, type RawBuilder } from "kysely";

export type DatabaseFigure = {
  /** As Prometheus has it. */
  readonly name: string;
  readonly help: string;
  /** Rows of `value`, one of them, or one for each value of the column named by `label`. */
  readonly query: RawBuilder<unknown>;
  readonly label?: string;
  readonly isCounter?: true;
};

export type Reading = { readonly value: number; readonly [label: string]: string | number };

/** Reads figures by one statement; the result has the rows of each, in the figures' order. */
export async function readFigures(
  db: Kysely<never>,
  figures: readonly DatabaseFigure[],
): Promise<readonly (readonly Reading[])[]> {
  const { rows } = await figuresQuery(figures).execute(db);
  return (rows[0]?.found ?? []).map((readings) => readings ?? []);
}

export function figuresQuery(figures: readonly DatabaseFigure[]) {
  const lists = figures.map(({ query }) => sql`(select json_agg(f) from (${query}) f)`);
  return sql<{ found: readonly (readonly Reading[] | null)[] }>`
    select json_build_array(${sql.join(lists)}) as found`;
}
