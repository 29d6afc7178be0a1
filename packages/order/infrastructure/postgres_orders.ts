import { sql, type Kysely } from "kysely";
import { mailJournal } from "@payflow/notifications";
import { createFind } from "@payflow/outbox";
import type { Product } from "@payflow/shared";
import { aggregateStore, mapRows } from "@payflow/shared/http";
import type { AggregateRow, StoreOptions } from "@payflow/shared/http";
import type { OrderRepository } from "../application/ports.ts";
import type { Order } from "../domain/order.ts";

export const orderRows = mapRows<Order>({
  name: "orders",
  unique: { orders_by_number: "order_number", orders_by_reference: "merchant_reference" },
  journal: mailJournal,
  // `sweepFollowed` reads orders by the time of their newest payment snapshot: other changes must not move it
  dated: { column: "changed_at", of: "payment" },
  fields: {
    status: ["status", "text"],
    orderNumber: ["order_number", "text"],
    merchantReference: ["merchant_reference", "text"],
    metadata: ["metadata", "json"],
    returnUrl: ["return_url", "text"],
    sessionId: ["session_id", "uuid"],
    orderName: ["order_name", "text"],
    amount: ["amount_krw", "bigint"],
    taxFreeAmount: ["tax_free_krw", "bigint"],
    currency: ["currency", "text"],
    items: ["items", "json"],
    customerName: ["customer_name", "text"],
    customerEmail: ["customer_email", "text"],
    language: ["language", "text"],
    refundedAmount: ["refunded_amount_krw", "bigint"],
    payment: ["payment", "jsonb"],
    refundRequest: ["refund_request", "jsonb"],
    createdAt: ["created_at", "timestamptz"],
    confirmedAt: ["confirmed_at", "timestamptz"],
    expiresAt: ["expires_at", "timestamptz"],
  },
});

export const findOrder = (db: Kysely<never>, orderId: string) =>
  createFind(db, orderRows.table, orderRows.stateOf)(orderId);

export function postgresOrders(db: Kysely<never>, options: StoreOptions<Order>): OrderRepository {
  return {
    ...aggregateStore(db, orderRows, options),
    async findBy(name, value) {
      const column = sql.ref(name === "orderNumber" ? "order_number" : "merchant_reference");
      const { rows } = await sql<AggregateRow>`
        select * from orders where ${column} = ${value}`.execute(db);
      return rows[0] && orderRows.stateOf(rows[0]);
    },
    async findClaim({ scope, key }) {
      const { rows } = await sql<AggregateRow & { readonly request_hash: string }>`
        select o.*, k.request_hash from idempotency_keys k join orders o on o.id = k.aggregate_id
        where k.scope = ${scope} and k.key = ${key}`.execute(db);
      return rows[0] && { requestHash: rows[0].request_hash, order: orderRows.stateOf(rows[0]) };
    },
  };
}

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
