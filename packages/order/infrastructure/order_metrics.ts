import { sql, type Kysely } from "kysely";
import { messageMetrics, type Metric } from "@payflow/shared/http";
import type { OrderTables } from "./order_tables.ts";

/** What an operator watches of orders and their messages. */
export async function orderMetrics(db: Kysely<OrderTables>): Promise<Metric[]> {
  const [messages, orphans, statuses] = await Promise.all([
    messageMetrics(db as never),
    countOrphans(db),
    sql<{ status: string; count: number }>`
      select status, count(*)::integer as count from orders group by status`.execute(db),
  ]);
  return [
    ...messages,
    {
      name: "payflow_orphaned_payments",
      help: "Payments that hold money, and whose orders are not here",
      value: orphans,
    },
    ...statuses.rows.map(({ status, count }) => ({
      name: "payflow_orders",
      help: "Orders by their status",
      value: count,
      labels: { status },
    })),
  ];
}

/** Payments that hold money for no order: `bun run reconcile` lists them. */
export async function countOrphans(db: Kysely<OrderTables>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from orphaned_payments p
    where (payment->>'balanceAmount')::bigint > 0
      and not exists (select 1 from orders o where o.id = p.order_id)`.execute(db);
  return rows[0]?.count ?? 0;
}
