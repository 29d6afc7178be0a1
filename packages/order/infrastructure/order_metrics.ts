import { sql, type Kysely } from "kysely";
import { messageMetrics, type Metric } from "@payflow/shared/runtime";
import type { OrderTables } from "./order_tables.ts";

/** What an operator watches of orders and their messages. */
export async function orderMetrics(db: Kysely<OrderTables>): Promise<Metric[]> {
  const [messages, statuses] = await Promise.all([
    messageMetrics(db as never),
    sql<{
      status: string;
      count: number;
    }>`select status, count(*)::integer as count from orders group by status`.execute(
      db,
    ),
  ]);
  const help = "Orders by their status";
  return [
    ...messages,
    ...statuses.rows.map(({ status, count }) => ({
      name: "payflow_orders",
      help,
      value: count,
      labels: { status },
    })),
  ];
}
