import type { Kysely } from "kysely";
import { withEntries } from "@payflow/shared";
import { createFinds, createSaves, createTakes, type AggregateTable } from "@payflow/outbox";
import type { OrderRepository } from "../application/ports.ts";
import type { Order } from "../domain/order.ts";
import type { OrderRow, OrderTables } from "./order_tables.ts";

/** `id` and `version` are written from the save itself. */
export const table: AggregateTable<Omit<OrderRow, "id" | "version">> = {
  name: "orders",
  columns: {
    status: "text",
    session_id: "uuid",
    order_name: "text",
    amount_krw: "bigint",
    currency: "text",
    items: "json",
    customer_name: "text",
    customer_email: "text",
    refunded_amount_krw: "bigint",
    payment: "jsonb",
    created_at: "timestamptz",
    confirmed_at: "timestamptz",
    expires_at: "timestamptz",
    // to the millisecond, like the places from which sweeps go on
    changed_at: "timestamptz(3)",
  },
};

/** Orders in PostgreSQL, each written by compare-and-set on its version. */
export function postgresOrders(
  db: Kysely<OrderTables>,
  options: {
    readonly newId: () => string;
    readonly now: () => string;
    /** Events wait in the outbox. */
    readonly onSaved: () => void;
    /** An order has another version now. */
    readonly onChanged: (order: Order) => void;
    readonly gatherMax?: number;
  },
): OrderRepository {
  const plainDb = db as unknown as Kysely<never>;
  const save = createSaves(plainDb, table, options);
  const find = createFinds<OrderRow>(plainDb, table.name);
  return {
    take: createTakes(plainDb),
    async find(orderId) {
      const row = await find(orderId);
      return row && orderOf(row);
    },
    async save({ state, events, entries }, { cause, detail, message, claim }) {
      const result = await save({
        id: state.orderId,
        version: state.version,
        changeId: options.newId(),
        status: state.status,
        // PostgreSQL's own word for the statement's time, as for payments
        row: { ...rowOf(state), changed_at: "now" },
        cause,
        detail: withEntries(detail, entries),
        recordedAt: options.now(),
        events,
        message,
        claim,
      });
      if (result === "saved") options.onChanged(state);
      return result;
    },
    async findClaim({ scope, key }) {
      const row = await db
        .selectFrom("idempotency_keys as k")
        .innerJoin("orders as o", "o.id", "k.aggregate_id")
        .selectAll("o")
        .select("k.request_hash")
        .where("k.scope", "=", scope)
        .where("k.key", "=", key)
        .executeTakeFirst();
      return row && { requestHash: row.request_hash, order: orderOf(row) };
    },
  };
}

export function orderOf(row: OrderRow): Order {
  return {
    orderId: row.id,
    version: row.version,
    status: row.status,
    sessionId: row.session_id,
    orderName: row.order_name,
    amount: row.amount_krw,
    currency: row.currency,
    items: row.items,
    customerName: row.customer_name,
    customerEmail: row.customer_email,
    refundedAmount: row.refunded_amount_krw,
    payment: row.payment,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    expiresAt: row.expires_at,
  };
}

function rowOf(order: Order): Omit<OrderRow, "id" | "version" | "changed_at"> {
  return {
    status: order.status,
    session_id: order.sessionId,
    order_name: order.orderName,
    amount_krw: order.amount,
    currency: order.currency,
    items: order.items,
    customer_name: order.customerName,
    customer_email: order.customerEmail,
    refunded_amount_krw: order.refundedAmount,
    payment: order.payment,
    created_at: order.createdAt,
    confirmed_at: order.confirmedAt,
    expires_at: order.expiresAt,
  };
}
