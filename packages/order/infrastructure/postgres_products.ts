import { sql, type Kysely } from "kysely";
import type { Product } from "@payflow/shared";

/** Stores the names of the products on sale. Returns the names of all products ever sold, by id. */
export async function storeProductNames(
  db: Kysely<never>,
  products: readonly Pick<Product, "productId" | "name">[],
): Promise<ReadonlyMap<string, string>> {
  await sql`
    insert into products (id, name)
    select "productId", name from jsonb_to_recordset(${JSON.stringify(products)}::text::jsonb)
      as p("productId" text, name text) order by "productId"
    on conflict (id) do update set name = excluded.name`.execute(db);
  type Name = { readonly id: string; readonly name: string };
  const { rows } = await sql<Name>`select id, name from products`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
