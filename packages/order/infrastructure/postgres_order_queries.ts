import { sql, type Kysely, type RawBuilder } from "kysely";
import type { OrderStatus } from "@payflow/shared";
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
  listVersions(
    orderIds: readonly string[],
  ): Promise<{ id: string; version: number }[]>;
  /** Orders that wait for their payment for longer than `minAgeMs` by the database's clock, by id. */
  listUnsettled(page: UnsettledPage): Promise<Order[]>;
  /** Those of the given orders that wait for a deposit. */
  listAwaitingDeposit(orderIds: readonly string[]): Promise<string[]>;
  checkConnection(): Promise<void>;
};

export function postgresOrderQueries(db: Kysely<OrderTables>): OrderQueries {
  return {
    async listOrders({ status, cursor, limit }) {
      let query = db
        .selectFrom("orders")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit);
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
    async listAwaitingDeposit(orderIds) {
      const rows = await db
        .selectFrom("orders")
        .select("id")
        .where("id", "=", sql<string>`any(${orderIds}::text[])`)
        .where("status", "=", "AWAITING_DEPOSIT")
        .execute();
      return rows.map((row) => row.id);
    },
    async checkConnection() {
      await sql`select 1`.execute(db);
    },
  };
}

/** The statuses stand in the text: only then does PostgreSQL know that the index orders_unsettled has them all. */
export function unsettledOrders(page: UnsettledPage): RawBuilder<OrderRow> {
  return sql<OrderRow>`
    select * from orders
    where status in ('PENDING', 'AWAITING_DEPOSIT') and id > ${page.afterId}
      and created_at < now() - make_interval(secs => ${page.minAgeMs / 1000})
    order by id limit ${page.limit}`;
}
