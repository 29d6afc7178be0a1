import { sql, type Kysely } from "kysely";
import { isDatabaseFault } from "./database_faults.ts";
import { createGather } from "./gather.ts";
import { isUuid } from "./uuid.ts";

/** Returns `find`, which reads a row by its id. Calls made while a query is in flight go out together as the next one. */
export function createFinds<Row extends { readonly id: string }>(
  db: Kysely<never>,
  table: string,
): (id: string) => Promise<Row | undefined> {
  const find = createGather<{ readonly id: string }, Row | undefined>({
    async run(calls) {
      const ids = [...new Set(calls.map(({ id }) => id))];
      const { rows } = await sql<Row>`
        select * from ${sql.table(table)} where id = any(${ids}::text[]::uuid[])`.execute(db);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return calls.map(({ id }) => byId.get(id));
    },
    isCommonFault: isDatabaseFault,
  });
  return async (id) => (isUuid(id) ? find({ id }) : undefined);
}
