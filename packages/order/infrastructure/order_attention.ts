import { sql, type Kysely } from "kysely";
import { notificationCounts, notificationFigures } from "@payflow/notifications";
import { readNotificationAttention } from "@payflow/notifications";
import { auditInsert } from "@payflow/outbox";
import { countOf, figuresOf, readMessageAttention } from "@payflow/back-office/messages";
import type { DatabaseFigure, Metrics } from "@payflow/shared/http";
import type { AttentionItem } from "@payflow/back-office";
import type { PaymentSnapshot } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import { isRefundRequested } from "./postgres_order_queries.ts";

const itemsMax = 100;

/** Payments that hold money, but whose orders are not in this database. */
export const orphanedPayments = sql`orphaned_payments p
  where (payment->>'balanceAmount')::bigint > 0 and dismissed_at is null
    and not exists (select from orders o where o.id = p.order_id)`;

/** Stores a payment whose order is not in this database. Returns true when it is new or has changed. */
export async function keepOrphan(db: Kysely<never>, payment: PaymentSnapshot): Promise<boolean> {
  const { rows } = await sql`
    insert into orphaned_payments as o (order_id, payment)
    values (${payment.orderId}, ${JSON.stringify(payment)}::text::jsonb)
    on conflict (order_id) do update set payment = excluded.payment, dismissed_at = null
    where o.payment is distinct from excluded.payment returning 1`.execute(db);
  return rows.length > 0;
}

/** For operators: ends a payment without an order whose goods were delivered. It is back when the payment changes. */
export async function dismissOrphan(db: Kysely<never>, orderId: string): Promise<boolean> {
  const { rows } = await sql`
    with gone as (update orphaned_payments set dismissed_at = now()
        where order_id = ${orderId} and dismissed_at is null returning order_id)
    ${auditInsert({ action: "review.dismissed", subject: sql`order_id` }, sql`gone`)} returning id`.execute(
    db,
  );
  return rows.length > 0;
}

/** Items for operators: refund requests, payments without orders, notifications and messages. */
export async function readOrderAttention(db: Kysely<never>): Promise<AttentionItem[]> {
  const [orders, ...others] = await Promise.all([
    sql<Pick<AttentionItem, "kind" | "orderId" | "amount" | "since">>`
      (select 'refund_requested' as kind, id as "orderId", amount_krw - refunded_amount_krw as amount,
        (refund_request->>'requestedAt')::timestamptz as since
       from orders where ${isRefundRequested} order by id limit ${itemsMax})
      union all
      (select 'payment_without_order', order_id, (payment->>'balanceAmount')::bigint, found_at
       from ${orphanedPayments} order by found_at limit ${itemsMax})`.execute(db),
    readNotificationAttention(db),
    readMessageAttention(db, "order"),
  ]);
  const ofOrders = orders.rows.map((row): AttentionItem => ({ part: "order", count: 1, ...row }));
  return [...ofOrders, ...others.flat()];
}

/** Metrics that are read from order's database. */
export const orderFigures: readonly DatabaseFigure[] = [
  ...figuresOf({
    refund_request: countOf(sql`select from orders where ${isRefundRequested}`),
    money_without_order: countOf(sql`select from ${orphanedPayments}`),
    ...notificationCounts,
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
