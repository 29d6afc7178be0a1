import { sql } from "kysely";
import { countMax, type MetricQuery } from "@payflow/shared/http";

/** What an operator watches of orders. */
export const orderMetrics: readonly MetricQuery[] = [
  [
    "payflow_orphaned_payments",
    "Payments that hold money, and whose orders are not here: bun run reconcile lists them",
    sql`select count(*) as value from orphaned_payments p
      where (payment->>'balanceAmount')::bigint > 0
        and not exists (select from orders o where o.id = p.order_id)`,
  ],
  [
    "payflow_orders",
    `The ${countMax} newest orders by their status`,
    sql`select status, count(*) as value
      from (select status from orders order by id desc limit ${sql.lit(countMax)}) as newest group by 1`,
  ],
];
