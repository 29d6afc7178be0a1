import { sql } from "kysely";
import { notificationFigures, notificationNeeds } from "@payflow/notifications";
import { countOf, needsPerson, type DatabaseFigure, type Metrics } from "@payflow/shared/http";
import type { Order } from "../domain/order.ts";
import { orphanedPayments } from "./order_attention.ts";
import { isRefundRequested } from "./postgres_order_queries.ts";

/** What an operator watches of orders in the database. */
export const orderFigures: readonly DatabaseFigure[] = [
  needsPerson({
    refund_request: countOf(sql`select from orders where ${isRefundRequested}`),
    money_without_order: countOf(sql`select from ${orphanedPayments}`),
    ...notificationNeeds,
  }),
  ...notificationFigures,
];

/** Counts the saves of orders that caused an event. */
export function countOrders({ counter }: Metrics) {
  const help = "Orders placed, and changes that were announced by an event, by the status then";
  const count = counter("payflow_orders_total", help, ["status"]);
  return ({ status }: Pick<Order, "status">, events: readonly unknown[]) => {
    if (events.length > 0) count({ status });
  };
}
