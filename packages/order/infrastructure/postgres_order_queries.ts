import { sql, type Kysely, type RawBuilder } from "kysely";
import { afterUuid } from "@payflow/outbox";
import type { OrderStatus, PaymentSnapshot } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { OrderRow, OrderTables } from "./order_tables.ts";
import { orderOf } from "./postgres_orders.ts";

type FollowedOrder = Order & { readonly changedAt: string };

export type OrderQueries = ReturnType<typeof postgresOrderQueries>;

/** What is read of orders, but for one order by its id. */
export function postgresOrderQueries(db: Kysely<OrderTables>) {
  async function read(query: RawBuilder<OrderRow>): Promise<FollowedOrder[]> {
    const { rows } = await query.execute(db);
    return rows.map((row) => ({ ...orderOf(row), changedAt: row.changed_at }));
  }

  return {
    /** Newest first, older than `cursor` (an order id). */
    listOrders(filter: {
      status?: OrderStatus | undefined;
      cursor?: string | undefined;
      limit: number;
    }): Promise<Order[]> {
      const { status, cursor, limit } = filter;
      const ofStatus = status === undefined ? sql`` : sql` and status = ${status}`;
      const older = cursor === undefined ? sql`` : sql` and id < ${afterUuid(cursor)}::uuid`;
      return read(
        sql`select * from orders where true${ofStatus}${older} order by id desc limit ${limit}`,
      );
    },
    /** A browser's own orders: those of its session and those that it was let in to, newest first. */
    listOwnOrders(
      { sessionId, orderIds }: { sessionId: string; orderIds: readonly string[] },
      limit: number,
    ): Promise<Order[]> {
      return read(sql`
        (select * from orders where session_id = ${sessionId}::uuid order by id desc limit ${limit})
        union all
        (select * from orders where id = any(${orderIds}::text[]::uuid[])
          and session_id is distinct from ${sessionId}::uuid)
        order by id desc limit ${limit}`);
    },
    /** The versions that the given orders have now. */
    async listVersions(orderIds: readonly string[]): Promise<{ id: string; version: number }[]> {
      const { rows } = await sql<{ id: string; version: number }>`
        select id, version from orders where id = any(${orderIds}::text[]::uuid[])`.execute(db);
      return rows;
    },
    /** Orders that wait for their payment for longer than `minAgeMs` by the database's clock, by id. */
    listUnsettled: (page: UnsettledPage): Promise<Order[]> => read(unsettledOrders(page)),
    /** Orders that follow a payment, in the order of their newest change, behind a place in that order. */
    listFollowed: (page: { since: string; afterId: string; limit: number }) =>
      read(sql`
        select * from orders where payment is not null
          and (changed_at, id) > (${page.since}::timestamptz, ${afterUuid(page.afterId)}::uuid)
        order by changed_at, id limit ${page.limit}`),
    /** The last of them up to a place, newest first. */
    listFollowedBefore: (page: { until: string; limit: number }) =>
      read(sql`
        select * from orders where payment is not null and changed_at <= ${page.until}::timestamptz
        order by changed_at desc, id desc limit ${page.limit}`),
    /** Keeps a payment whose order is not here; true when it is new, or other than it was. */
    async keepOrphan(payment: PaymentSnapshot): Promise<boolean> {
      const { rows } = await sql`
        insert into orphaned_payments as o (order_id, payment)
        values (${payment.orderId}, ${JSON.stringify(payment)}::text::jsonb)
        on conflict (order_id) do update set payment = excluded.payment
        where o.payment is distinct from excluded.payment returning 1`.execute(db);
      return rows.length > 0;
    },
    /** Those of the given orders that wait for a deposit. */
    async listAwaitingDeposit(orderIds: readonly string[]): Promise<string[]> {
      const { rows } = await sql<{ id: string }>`
        select id from orders
        where id = any(${orderIds}::text[]::uuid[]) and status = 'AWAITING_DEPOSIT'`.execute(db);
      return rows.map((row) => row.id);
    },
    /** Orders that still name this customer, whatever the letters' case, by id. */
    listByEmail: (page: EmailPage): Promise<Order[]> => read(ordersByEmail(page)),
    /** Orders whose customer's name has been kept for as long as it may be. */
    listToErase: (due: ErasureDue): Promise<Order[]> => read(ordersToErase(due)),
  };
}

type UnsettledPage = {
  readonly minAgeMs: number;
  readonly afterId: string;
  readonly limit: number;
};
type EmailPage = { readonly email: string; readonly afterId: string; readonly limit: number };
type ErasureDue = { readonly unpaidDays: number; readonly limit: number };

/** One status after the other, by the index orders_by_status. */
export function unsettledOrders(page: UnsettledPage): RawBuilder<OrderRow> {
  const ofStatus = (status: OrderStatus) => sql`
    (select * from orders where status = ${sql.lit(status)} and id > ${afterUuid(page.afterId)}::uuid
      and created_at < now() - make_interval(secs => ${page.minAgeMs / 1000})
    order by id limit ${page.limit})`;
  return sql<OrderRow>`
    ${ofStatus("PENDING")} union all ${ofStatus("AWAITING_DEPOSIT")} order by id limit ${page.limit}`;
}

/** By the index orders_by_email. */
export function ordersByEmail(page: EmailPage): RawBuilder<OrderRow> {
  return sql<OrderRow>`
    select * from orders
    where customer_email <> '' and lower(customer_email) = lower(${page.email}) and id > ${afterUuid(page.afterId)}::uuid
    order by id limit ${page.limit}`;
}

/**
 * Of orders by which no money ever came, after so many days; of all others after five years. The conditions stand in
 * the text as in the indexes orders_unpaid_named and orders_paid_named.
 */
export function ordersToErase(due: ErasureDue): RawBuilder<OrderRow> {
  return sql<OrderRow>`
    (select * from orders
     where customer_email <> '' and confirmed_at is null and status in ('CANCELED', 'EXPIRED')
       and coalesce((payment->>'returnedAmount')::bigint, 0) = 0 and coalesce(payment->>'refunding', '') <> 'true'
       and expires_at < now() - make_interval(days => ${due.unpaidDays})
     order by expires_at limit ${due.limit})
    union all
    (select * from orders
     where customer_email <> '' and confirmed_at < now() - interval '5 years'
     order by confirmed_at limit ${due.limit})
    union all
    (select * from orders
     where customer_email <> '' and confirmed_at is null and expires_at < now() - interval '5 years'
     order by expires_at limit ${due.limit})
    limit ${due.limit}`;
}
