import { sql, type Kysely, type RawBuilder } from "kysely";
import type { OrderStatus, PaymentSnapshot } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { OrderRow, OrderTables } from "./order_tables.ts";
import { orderOf } from "./postgres_orders.ts";

export type UnsettledPage = {
  readonly minAgeMs: number;
  readonly afterId: string;
  readonly limit: number;
};

export type OrderQueries = {
  /** Newest first, older than `cursor` (an order id). */
  listOrders(filter: {
    status?: OrderStatus | undefined;
    cursor?: string | undefined;
    limit: number;
  }): Promise<Order[]>;
  /** A browser's own orders: those of its session and those that it was let in to, newest first. */
  listOwnOrders(
    owner: { sessionId: string; orderIds: readonly string[] },
    limit: number,
  ): Promise<Order[]>;
  /** The versions that the given orders have now. */
  listVersions(orderIds: readonly string[]): Promise<{ id: string; version: number }[]>;
  /** Orders that wait for their payment for longer than `minAgeMs` by the database's clock, by id. */
  listUnsettled(page: UnsettledPage): Promise<Order[]>;
  /** Orders that follow a payment, in the order of their newest change, behind a place in that order. */
  listFollowed(page: {
    since: string;
    afterId: string;
    limit: number;
  }): Promise<(Order & { changedAt: string })[]>;
  /** The last of them up to a place, newest first. */
  listFollowedBefore(page: {
    until: string;
    limit: number;
  }): Promise<(Order & { changedAt: string })[]>;
  /** Keeps a payment whose order is not here; true when it is new, or other than it was. */
  keepOrphan(payment: PaymentSnapshot): Promise<boolean>;
  /** Those of the given orders that wait for a deposit. */
  listAwaitingDeposit(orderIds: readonly string[]): Promise<string[]>;
  /** Orders that still name this customer, whatever the letters' case, by id. */
  listByEmail(page: { email: string; afterId: string; limit: number }): Promise<Order[]>;
  /** Orders whose customer's name has been kept for as long as it may be. */
  listToErase(due: { unpaidDays: number; limit: number }): Promise<Order[]>;
};

export function postgresOrderQueries(db: Kysely<OrderTables>): OrderQueries {
  return {
    async listOrders({ status, cursor, limit }) {
      let query = db.selectFrom("orders").selectAll().orderBy("id", "desc").limit(limit);
      if (status !== undefined) query = query.where("status", "=", status);
      if (cursor !== undefined) query = query.where("id", "<", cursor);
      return (await query.execute()).map(orderOf);
    },
    async listOwnOrders({ sessionId, orderIds }, limit) {
      const rows = await db
        .selectFrom("orders")
        .selectAll()
        .where((where) =>
          where.or([
            where("session_id", "=", sessionId),
            where("id", "=", sql<string>`any(${orderIds}::text[])`),
          ]),
        )
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(orderOf);
    },
    listVersions: (orderIds) =>
      db
        .selectFrom("orders")
        .select(["id", "version"])
        .where("id", "=", sql<string>`any(${orderIds}::text[])`)
        .execute(),
    async listUnsettled(page) {
      return (await unsettledOrders(page).execute(db)).rows.map(orderOf);
    },
    async listFollowed({ since, afterId, limit }) {
      const { rows } = await sql<OrderRow>`
        select * from orders
        where payment is not null and (changed_at, id) > (${since}::timestamptz, ${afterId}::text)
        order by changed_at, id limit ${limit}`.execute(db);
      return rows.map(followedOf);
    },
    async listFollowedBefore({ until, limit }) {
      const { rows } = await sql<OrderRow>`
        select * from orders where payment is not null and changed_at <= ${until}::timestamptz
        order by changed_at desc, id desc limit ${limit}`.execute(db);
      return rows.map(followedOf);
    },
    async keepOrphan(payment) {
      const { rows } = await sql`
        insert into orphaned_payments as o (order_id, payment)
        values (${payment.orderId}, ${JSON.stringify(payment)}::text::jsonb)
        on conflict (order_id) do update set payment = excluded.payment
        where o.payment is distinct from excluded.payment returning 1`.execute(db);
      return rows.length > 0;
    },
    async listAwaitingDeposit(orderIds) {
      const rows = await db
        .selectFrom("orders")
        .select("id")
        .where("id", "=", sql<string>`any(${orderIds}::text[])`)
        .where("status", "=", "AWAITING_DEPOSIT")
        .execute();
      return rows.map((row) => row.id);
    },
    async listByEmail(page) {
      return (await ordersByEmail(page).execute(db)).rows.map(orderOf);
    },
    async listToErase(due) {
      return (await ordersToErase(due).execute(db)).rows.map(orderOf);
    },
  };
}

function followedOf(row: OrderRow): Order & { changedAt: string } {
  return { ...orderOf(row), changedAt: row.changed_at };
}

/** The statuses stand in the text: only then does PostgreSQL know that the index orders_unsettled has them all. */
export function unsettledOrders(page: UnsettledPage): RawBuilder<OrderRow> {
  return sql<OrderRow>`
    select * from orders
    where status in ('PENDING', 'AWAITING_DEPOSIT') and id > ${page.afterId}
      and created_at < now() - make_interval(secs => ${page.minAgeMs / 1000})
    order by id limit ${page.limit}`;
}

/** By the index orders_by_email. */
export function ordersByEmail(page: {
  readonly email: string;
  readonly afterId: string;
  readonly limit: number;
}): RawBuilder<OrderRow> {
  return sql<OrderRow>`
    select * from orders
    where customer_email <> '' and lower(customer_email) = lower(${page.email}) and id > ${page.afterId}
    order by id limit ${page.limit}`;
}

/**
 * Of orders by which no money ever came, after so many days; of all others after five years. The conditions stand in
 * the text as in the indexes orders_unpaid_named and orders_paid_named.
 */
export function ordersToErase(due: {
  readonly unpaidDays: number;
  readonly limit: number;
}): RawBuilder<OrderRow> {
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
