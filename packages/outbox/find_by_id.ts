import { sql, type Kysely } from "kysely";
import { isUuid } from "@payflow/database";
import { createGather } from "./gather.ts";
import type { AggregateTable } from "./save.ts";

/** Returns `find(id)`. Calls made while a query is in flight are batched into the next query. */
export function createFind<Row extends { readonly id: string }, State>(
  db: Kysely<never>,
  { name }: Pick<AggregateTable, "name">,
  stateOf: (row: Row) => State,
): (id: string) => Promise<State | undefined> {
  const find = createGather<string, State | undefined>({
    async run(ids) {
      const { rows } = await sql<Row>`
        select * from ${sql.table(name)} where id = any(${[...new Set(ids)]}::text[]::uuid[])`.execute(
        db,
      );
      const byId = new Map(rows.map((row) => [row.id, stateOf(row)]));
      return ids.map((id) => byId.get(id));
    },
  });
  return async (id) => (isUuid(id) ? find(id) : undefined);
}
