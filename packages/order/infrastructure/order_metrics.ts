import { sql, type Kysely } from "kysely";
import { countMax, readByStatus, readMetrics, type Metric } from "@payflow/shared/http";

/** What an operator watches of orders and their messages. */
export async function orderMetrics(db: Kysely<never>): Promise<Metric[]> {
  const figures = await readMetrics(db, [
    [
      "payflow_orphaned_payments",
      "Payments that hold money, and whose orders are not here: bun run reconcile lists them",
      sql`select count(*) from orphaned_payments p where (payment->>'balanceAmount')::bigint > 0
        and not exists (select from orders o where o.id = p.order_id)`,
    ],
  ]);
  const byStatus = await readByStatus(db, {
    name: "payflow_orders",
    help: `The ${countMax} newest orders by their status`,
    query: sql`
      select status, count(*) as value
      from (select status from orders order by id desc limit ${sql.lit(countMax)}) as newest group by 1`,
  });
  return [...figures, ...byStatus];
}
