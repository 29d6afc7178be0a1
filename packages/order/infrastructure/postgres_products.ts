import { sql, type Kysely } from "kysely";
import type { Product } from "@payflow/shared";

/**
 * Makes the product table say what the shop's file says; products that are gone from it stay, but are not sold. Returns
 * what is sold, and the names of what is no longer, by their ids.
 */
export async function storeProducts(db: Kysely<never>, products: readonly Product[]) {
  const rows = products.map((product, position) => ({ ...product, position }));
  await sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as p("productId" text, name text, description text, "unitPrice" bigint, "taxFreeAmount" bigint,
          position integer)
    ), gone as (
      update products set active = false where active and id not in (select "productId" from given)
    )
    insert into products (id, name, description, unit_price_krw, tax_free_krw, position, active)
    select "productId", name, description, "unitPrice", coalesce("taxFreeAmount", 0), position, true from given order by "productId"
    on conflict (id) do update set name = excluded.name, description = excluded.description,
      unit_price_krw = excluded.unit_price_krw, tax_free_krw = excluded.tax_free_krw, position = excluded.position, active = true`.execute(
    db,
  );
  type Former = { readonly id: string; readonly name: string };
  const former = await sql<Former>`select id, name from products where not active`.execute(db);
  const formerNames = new Map(former.rows.map(({ id, name }) => [id, name]));
  return { products: await listProducts(db), formerNames };
}

async function listProducts(db: Kysely<never>): Promise<Product[]> {
  type Row = Product & {
    readonly description: string | null;
    readonly taxFreeAmount: number | null;
  };
  const { rows } = await sql<Row>`
    select id as "productId", name, description, unit_price_krw as "unitPrice",
      nullif(tax_free_krw, 0) as "taxFreeAmount", 'KRW' as currency
    from products where active order by position`.execute(db);
  return rows.map(({ description, taxFreeAmount, ...row }) => ({
    ...row,
    description: description ?? undefined,
    taxFreeAmount: taxFreeAmount ?? undefined,
  }));
}
