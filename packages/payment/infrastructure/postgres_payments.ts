import { sql, type Kysely } from "kysely";
import { withEntries, type PaymentView } from "@payflow/shared";
import { afterUuid, createFinds, isUuid, createSaves, type AggregateTable } from "@payflow/outbox";
import type { PaymentRepository } from "../application/ports.ts";
import { nextAtOf, type Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";
import type { PaymentRow, PaymentTables } from "./payment_tables.ts";

/** Columns that saves write; `looked_at` belongs to `look`. */
export const table: AggregateTable<Omit<PaymentRow, "id" | "version" | "looked_at">> = {
  name: "payments",
  columns: {
    status: "text",
    order_name: "text",
    amount_krw: "bigint",
    currency: "text",
    attempts: "jsonb",
    payment_keys: "text[]",
    kept: "jsonb",
    closing: "jsonb",
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
  db: Kysely<PaymentTables>,
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
  const plainDb = db as unknown as Kysely<never>;
  const save = createSaves(plainDb, table, options);
  const find = createFinds<PaymentRow>(plainDb, table.name);
  return {
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
      const due = await sql<{ id: string }>`
        update payments set claimed_until = now() + make_interval(secs => ${holdMs / 1000})
        where id in (
          select id from payments
          where next_at <= now() and (claimed_until is null or claimed_until <= now())
          order by next_at limit ${limit} for update skip locked)
        returning id`.execute(db);
      return due.rows.map((row) => row.id);
    },
  };
}

export function paymentOf(row: PaymentRow): Payment {
  const base = {
    orderId: row.id,
    version: row.version,
    looks: row.looks,
    orderName: row.order_name,
    amount: row.amount_krw,
    currency: row.currency,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    attempts: row.attempts,
    failure: row.failure,
    refunds: row.refunds,
  };
  const { status, kept, closing } = row;
  switch (status) {
    case "READY":
    case "IN_PROGRESS":
      return { ...base, status, kept: null, closing: null };
    case "CANCELED":
    case "EXPIRED":
      return { ...base, status, kept, closing: null };
    case "WAITING_FOR_DEPOSIT":
    case "DONE":
    case "PARTIAL_CANCELED":
      if (kept === null)
        throw new Error(`Payment "${row.id}" is ${status} without what Toss holds`);
      return status === "WAITING_FOR_DEPOSIT"
        ? { ...base, status, kept, closing }
        : { ...base, status, kept, closing: null };
  }
}

function rowOf(payment: Payment): Omit<PaymentRow, "id" | "version" | "changed_at" | "looked_at"> {
  return {
    status: payment.status,
    order_name: payment.orderName,
    amount_krw: payment.amount,
    currency: payment.currency,
    attempts: payment.attempts,
    payment_keys: payment.attempts.map((attempt) => attempt.paymentKey),
    kept: payment.kept,
    closing: payment.closing,
    failure: payment.failure,
    refunds: payment.refunds,
    expires_at: payment.expiresAt,
    created_at: payment.createdAt,
    next_at: nextAtOf(payment),
    // a saved decision set the next due time itself
    claimed_until: null,
    looks: payment.looks,
  };
}

export async function findPayments(
  db: Kysely<PaymentTables>,
  orderIds: readonly string[],
): Promise<Payment[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await sql<PaymentRow>`
    select * from payments where id = any(${orderIds.filter(isUuid)}::text[]::uuid[])`.execute(db);
  return rows.map(paymentOf);
}

/** Those of the given payments that have a higher version by now, in one query. */
export async function findNewerPayments(
  db: Kysely<PaymentTables>,
  known: readonly Payment[],
): Promise<Payment[]> {
  const orderIds = known.map(({ orderId }) => orderId);
  const versions = known.map(({ version }) => version);
  const { rows } = await sql<PaymentRow>`
    select p.* from unnest(${orderIds}::text[]::uuid[], ${versions}::int[]) as known (id, version)
    cross join lateral (
      select * from payments where id = known.id and version > known.version limit 1) p`.execute(
    db,
  );
  return rows.map(paymentOf);
}

/** A page of payments in the order of their newest change, behind a place in that order. */
export async function listChangedPayments(
  db: Kysely<PaymentTables>,
  page: {
    readonly since: string;
    readonly afterId: string;
    readonly limit: number;
  },
): Promise<(PaymentView & { readonly changedAt: string })[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payments
    where (changed_at, id) > (${page.since}::timestamptz, ${afterUuid(page.afterId)}::uuid)
    order by changed_at, id limit ${page.limit}`.execute(db);
  return rows.map((row) => ({ ...viewOf(paymentOf(row)), changedAt: row.changed_at }));
}

/** Keeps for an operator what could not be rebuilt, until it was. */
export async function noteRecovery(
  db: Kysely<PaymentTables>,
  found: {
    readonly orderId: string;
    readonly doubt: string;
    readonly isHealed: boolean;
  },
): Promise<void> {
  const { orderId, doubt, isHealed } = found;
  await (
    isHealed
      ? sql`delete from unrecovered where order_id = ${orderId}`
      : sql`insert into unrecovered (order_id, doubt) values (${orderId}, ${doubt})
        on conflict (order_id) do update set doubt = excluded.doubt`
  ).execute(db);
}
