import { sql, type Kysely } from "kysely";
import { readMessageAttention } from "@payflow/shared/http";
import type { AttentionItem } from "@payflow/shared";

const itemsMax = 100;

/** Payments that hold money, and whose orders are not here. */
export const orphanedPayments = sql`orphaned_payments p
  where (payment->>'balanceAmount')::bigint > 0
    and not exists (select from orders o where o.id = p.order_id)`;

/** What needs an operator of what order has: payments without their orders, and its messages. */
export async function readOrderAttention(db: Kysely<never>): Promise<AttentionItem[]> {
  const [orphans, messages] = await Promise.all([
    sql<{ orderId: string; amount: number; since: string }>`
      select order_id as "orderId", (payment->>'balanceAmount')::bigint as amount, found_at as since
      from ${orphanedPayments} order by found_at limit ${itemsMax}`.execute(db),
    readMessageAttention(db, "order"),
  ]);
  const without = orphans.rows.map((row): AttentionItem => ({
    kind: "payment_without_order",
    part: "order",
    count: 1,
    ...row,
  }));
  return [...without, ...messages];
}

/** The buyers of these orders, by order id; erased ones are missing. */
export async function listCustomers(
  db: Kysely<never>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly customerName: string; readonly customerEmail: string }>> {
  const { rows } = await sql<{ id: string; customerName: string; customerEmail: string }>`
    select id, customer_name as "customerName", customer_email as "customerEmail" from orders
    where id = any(${orderIds}::text[]::uuid[]) and customer_email <> ''`.execute(db);
  return new Map(rows.map(({ id, ...customer }) => [id, customer]));
}
