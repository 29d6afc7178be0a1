import { sql } from "kysely";
import {
  countMax,
  countOf,
  needsPerson,
  type DatabaseFigure,
  type Metrics,
} from "@payflow/shared/http";
import type { Order } from "../domain/order.ts";
import { failedMails } from "./postgres_mails.ts";
import { isRefundRequested } from "./postgres_order_queries.ts";
import { endpointsTurnedOff, orphanedPayments } from "./order_attention.ts";

/** What an operator watches of orders in the database. */
export const orderFigures: readonly DatabaseFigure[] = [
  needsPerson({
    refund_request: countOf(sql`select from orders where ${isRefundRequested}`),
    mail: countOf(sql`select ${failedMails}`),
    money_without_order: countOf(sql`select from ${orphanedPayments}`),
    webhook_endpoint: countOf(sql`select from ${endpointsTurnedOff}`),
  }),
  {
    name: "payflow_webhook_deliveries_waiting",
    help: `Events that webhook endpoints do not have yet, ${countMax} at the most`,
    query: countOf(sql`select from webhook_deliveries where next_at is not null`),
  },
  {
    name: "payflow_webhook_failing_seconds",
    help: "For how long the webhook endpoint has had no success that fails longest",
    query: sql`select coalesce(extract(epoch from now() - min(failing_since)), 0) as value
      from webhook_endpoints where disabled_at is null`,
  },
];

/** Counts the saves of orders that caused an event. */
export function countOrders({ counter }: Metrics) {
  const help = "Orders placed, and changes that were announced by an event, by the status then";
  const count = counter("payflow_orders_total", help, ["status"]);
  return ({ status }: Pick<Order, "status">, events: readonly unknown[]) => {
    if (events.length > 0) count({ status });
  };
}
