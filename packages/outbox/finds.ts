import { sql, type Kysely } from "kysely";
import { isUuid } from "@payflow/database";
import { createGather } from "./gather.ts";

/** Returns `find`, which reads a row by its id. Calls made while a query is in flight go out together as the next one. */
export function createFinds<Row extends { readonly id: string }>(
  db: Kysely<never>,
  table: string,
): (id: string) => Promise<Row | undefined> {
  const find = createGather<string, Row | undefined>({
    async run(ids) {
      const { rows } = await sql<Row>`
        select * from ${sql.table(table)} where id = any(${[...new Set(ids)]}::text[]::uuid[])`.execute(
        db,
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id));
    },
  });
  return async (id) => (isUuid(id) ? find(id) : undefined);
}
