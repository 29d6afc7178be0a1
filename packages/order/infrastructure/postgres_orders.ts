import { sql, type Kysely } from "kysely";
import { withEntries } from "@payflow/shared";
import { createFinds, createSaves, createTakes, type AggregateTable } from "@payflow/outbox";
import type { OrderRepository } from "../application/ports.ts";
import type { Order } from "../domain/order.ts";

/** The column of each field, and its type; `id` and `version` are written from the save itself. */
const fields = {
  status: ["status", "text"],
  sessionId: ["session_id", "uuid"],
  orderName: ["order_name", "text"],
  amount: ["amount_krw", "bigint"],
  currency: ["currency", "text"],
  items: ["items", "json"],
  customerName: ["customer_name", "text"],
  customerEmail: ["customer_email", "text"],
  refundedAmount: ["refunded_amount_krw", "bigint"],
  payment: ["payment", "jsonb"],
  createdAt: ["created_at", "timestamptz"],
  confirmedAt: ["confirmed_at", "timestamptz"],
  expiresAt: ["expires_at", "timestamptz"],
} as const satisfies Record<
  Exclude<keyof Order, "orderId" | "version">,
  readonly [column: string, type: string]
>;
type Field = keyof typeof fields;
type SavedRow = { [F in Field as (typeof fields)[F][0]]: Order[F] } & { changed_at: string };
export type OrderRow = SavedRow & { readonly id: string; readonly version: number };

const columns = Object.entries(fields).map(([field, [column, type]]) => ({ field, column, type }));

export const table: AggregateTable<SavedRow> = {
  name: "orders",
  columns: {
    ...Object.fromEntries(columns.map(({ column, type }) => [column, type])),
    // to the millisecond, like the places from which sweeps go on
    changed_at: "timestamptz(3)",
  } as AggregateTable<SavedRow>["columns"],
};

/** Orders in PostgreSQL, each written by compare-and-set on its version. */
export function postgresOrders(
  db: Kysely<never>,
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
  const save = createSaves(db, table, options);
  const find = createFinds<OrderRow>(db, table.name);
  return {
    take: createTakes(db),
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
        row: rowOf(state),
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
      const { rows } = await sql<OrderRow & { readonly request_hash: string }>`
        select o.*, k.request_hash from idempotency_keys k join orders o on o.id = k.aggregate_id
        where k.scope = ${scope} and k.key = ${key}`.execute(db);
      return rows[0] && { requestHash: rows[0].request_hash, order: orderOf(rows[0]) };
    },
  };
}

export function orderOf(row: OrderRow): Order {
  const order: Record<string, unknown> = { orderId: row.id, version: row.version };
  for (const { field, column } of columns) order[field] = row[column];
  return order as Order;
}

function rowOf(order: Order): SavedRow {
  // PostgreSQL's own word for the statement's time, as for payments
  const row: Record<string, unknown> = { changed_at: "now" };
  for (const { field, column } of columns) row[column] = order[field as Field];
  return row as SavedRow;
}
