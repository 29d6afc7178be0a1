import { sql, type Kysely } from "kysely";
import { withEntries, type PaymentView } from "@payflow/shared";
import { afterUuid, createFinds, createSaves, createTakes, isUuid } from "@payflow/outbox";
import type { AggregateTable } from "@payflow/outbox";
import type { PaymentRepository } from "../application/ports.ts";
import { nextAtOf, type Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";

/** A payment's row as it is read. */
export type PaymentRow = ReturnType<typeof rowOf> & {
  readonly id: string;
  readonly version: number;
  readonly changed_at: string;
};

/** Columns that saves write; `looked_at` belongs to `look`. */
export const table: AggregateTable<Omit<PaymentRow, "id" | "version">> = {
  name: "payments",
  columns: {
    status: "text",
    order_name: "text",
    amount_krw: "bigint",
    currency: "text",
    attempts: "jsonb",
    payment_keys: "text[]",
    kept: "jsonb",
    closing: "text",
    failure: "jsonb",
    refunds: "jsonb",
    expires_at: "timestamptz",
    created_at: "timestamptz",
    // to the millisecond, like the places from which sweeps go on
    changed_at: "timestamptz(3)",
    next_at: "timestamptz",
    claimed_until: "timestamptz",
    looks: "integer",
  },
  unmoved: "looks",
};

/** Payments in PostgreSQL, each written by compare-and-set on its version. */
export function postgresPayments(
  db: Kysely<never>,
  options: {
    readonly newId: () => string;
    readonly now: () => string;
    /** Events wait in the outbox. */
    readonly onSaved: () => void;
    /** A payment has another version now. */
    readonly onChanged: (payment: Payment) => void;
    readonly gatherMax?: number;
  },
): PaymentRepository {
  const save = createSaves(db, table, options);
  const find = createFinds<PaymentRow>(db, table.name);
  return {
    take: createTakes(db),
    async find(orderId) {
      const row = await find(orderId);
      return row && paymentOf(row);
    },
    async save({ state, events, entries }, { follows, cause, detail, message }) {
      const result = await save({
        id: state.orderId,
        version: state.version,
        follows,
        changeId: options.newId(),
        status: state.status,
        // PostgreSQL's own word for the statement's time: what waits to be written long must not be dated before rows
        // that a sweep has read meanwhile, or it would never be read
        row: { ...rowOf(state), changed_at: "now" },
        cause,
        detail: withEntries(detail, entries),
        recordedAt: options.now(),
        events,
        message,
      });
      if (result === "saved") options.onChanged(state);
      return result;
    },
    async look(state) {
      const { attempts, refunds, next_at } = rowOf(state);
      const { rows } = await sql`
        update payments set attempts = ${JSON.stringify(attempts)}::text::jsonb,
          refunds = ${JSON.stringify(refunds)}::text::jsonb, next_at = ${next_at}::timestamptz,
          claimed_until = null, looks = ${state.looks}::integer, looked_at = now()
        where id = ${state.orderId} and version = ${state.version}::integer
          and looks = ${state.looks - 1}::integer
        returning id`.execute(db);
      return rows.length > 0;
    },
    async listOpen({ afterId, limit }) {
      const { rows } = await sql<{ order_id: string }>`
        select distinct order_id from open_ends
        where order_id > ${afterUuid(afterId)}::uuid and next_at > now() and not lacks_account
        order by order_id limit ${limit}`.execute(db);
      return rows.map((row) => row.order_id);
    },
    async claimDue(limit, holdMs) {
      const { rows } = await sql<{ id: string }>`
        update payments set claimed_until = now() + make_interval(secs => ${holdMs / 1000})
        where id in (
          select id from payments
          where next_at <= now() and (claimed_until is null or claimed_until <= now())
          order by next_at limit ${limit} for update skip locked)
        returning id`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
}

/** Which fields go with which status, the table's constraints hold. */
export function paymentOf(row: PaymentRow): Payment {
  const { id: orderId, order_name: orderName, amount_krw: amount, currency, version, looks } = row;
  const { expires_at: expiresAt, created_at: createdAt, status, kept, closing, failure } = row;
  const order = { orderId, orderName, amount, currency, expiresAt, createdAt };
  const state = { status, kept, closing, failure, attempts: row.attempts, refunds: row.refunds };
  return { ...order, ...state, version, looks } as Payment;
}

function rowOf(payment: Payment) {
  const { status, currency, attempts, kept, closing, failure, refunds, looks } = payment;
  const same = { status, currency, attempts, kept, closing, failure, refunds, looks };
  return {
    ...same,
    order_name: payment.orderName,
    amount_krw: payment.amount,
    payment_keys: attempts.map((attempt) => attempt.paymentKey),
    expires_at: payment.expiresAt,
    created_at: payment.createdAt,
    next_at: nextAtOf(payment),
    // a saved decision set the next due time itself
    claimed_until: null,
  };
}

export async function findPayments(
  db: Kysely<never>,
  orderIds: readonly string[],
): Promise<Payment[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await sql<PaymentRow>`
    select * from payments where id = any(${orderIds.filter(isUuid)}::text[]::uuid[])`.execute(db);
  return rows.map(paymentOf);
}

/** Those of the given payments that have a higher version by now, in one query. */
export async function findNewerPayments(
  db: Kysely<never>,
  known: readonly Payment[],
): Promise<Payment[]> {
  const orderIds = known.map(({ orderId }) => orderId);
  const versions = known.map(({ version }) => version);
  const { rows } = await sql<PaymentRow>`
    select p.* from unnest(${orderIds}::text[]::uuid[], ${versions}::int[]) as known (id, version)
    cross join lateral (select * from payments
      where id = known.id and version > known.version limit 1) p`.execute(db);
  return rows.map(paymentOf);
}

/** A page of payments in the order of their newest change, behind a place in that order. */
export async function listChangedPayments(
  db: Kysely<never>,
  page: { readonly since: string; readonly afterId: string; readonly limit: number },
): Promise<(PaymentView & { readonly changedAt: string })[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payments
    where (changed_at, id) > (${page.since}::timestamptz, ${afterUuid(page.afterId)}::uuid)
    order by changed_at, id limit ${page.limit}`.execute(db);
  return rows.map((row) => ({ ...viewOf(paymentOf(row)), changedAt: row.changed_at }));
}
