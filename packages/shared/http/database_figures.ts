// Metrics that are read from the database, so that all replicas report the same values and a restart loses none.
import { sql, type Kysely, type RawBuilder } from "kysely";

export type DatabaseFigure = {
  /** The metric's name in Prometheus. */
  readonly name: string;
  readonly help: string;
  /** Returns one row with the column `value`, or one per value of the column named by `label`. */
  readonly query: RawBuilder<unknown>;
  readonly label?: string;
  readonly isCounter?: true;
};

export type Reading = { readonly value: number; readonly [label: string]: string | number };

/** Reads all figures by one statement. Returns the rows of each, in the figures' order. */
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
