import { sql, type Kysely } from "kysely";
import { ledgerTable } from "@payflow/ledger";
import { auditInsert, createFind } from "@payflow/outbox";
import type { PaymentView } from "@payflow/shared";
import { afterUuid, isUuid } from "@payflow/database";
import { aggregateStore, mapRows } from "@payflow/shared/http";
import type { AggregateRow, StoreOptions } from "@payflow/shared/http";
import type { PaymentRepository } from "../application/ports.ts";
import { nextAtOf, type Payment } from "../domain/payment.ts";
import { woken } from "../domain/plan.ts";
import { dismissPayout } from "../domain/requests.ts";
import { viewOf } from "../domain/snapshot.ts";
import { taxFreeDiffers } from "../domain/tax_free.ts";

/** A payment's row; only `saveSchedule` writes `rescheduled_at`. The table's constraints check which fields go with which status. */
export const paymentRows = mapRows<Payment>({
  name: "payments",
  fields: {
    status: ["status", "text"],
    orderName: ["order_name", "text"],
    amount: ["amount_krw", "bigint"],
    taxFreeAmount: ["tax_free_krw", "bigint"],
    currency: ["currency", "text"],
    attempts: ["attempts", "jsonb"],
    kept: ["kept", "jsonb"],
    closing: ["closing", "text"],
    failure: ["failure", "jsonb"],
    refunds: ["refunds", "jsonb"],
    expiresAt: ["expires_at", "timestamptz"],
    scheduleVersion: ["schedule_version", "integer"],
  },
  computed: {
    payment_keys: ["text[]", ({ attempts }) => attempts.map(({ paymentKey }) => paymentKey)],
    next_at: ["timestamptz", nextAtOf],
    tax_free_differs: ["boolean", taxFreeDiffers],
    // a saved decision has set the next due time, so the claim ends
    claimed_until: ["timestamptz", () => null],
  },
  lockColumn: "schedule_version",
  journal: ledgerTable,
});
const { stateOf: paymentOf } = paymentRows;

/** Finds a payment, for callers that only read. */
export const findPayment = (db: Kysely<never>, orderId: string) =>
  createFind(db, paymentRows.table, paymentOf)(orderId);

/** Payments in PostgreSQL, each written by compare-and-set on its version. */
export function postgresPayments(
  db: Kysely<never>,
  options: StoreOptions<Payment>,
): PaymentRepository {
  return {
    ...aggregateStore(db, paymentRows, options),
    async findMany(orderIds) {
      const ids = orderIds.filter(isUuid);
      if (ids.length === 0) return [];
      const { rows } = await sql<AggregateRow>`
        select * from payments where id = any(${ids}::text[]::uuid[])`.execute(db);
      return rows.map(paymentOf);
    },
    saveSchedule: (state) => saveSchedule(db, state),
    async listOpen({ afterId, limit }) {
      const { rows } = await sql<{ order_id: string }>`
        select distinct order_id from open_ends
        where order_id > ${afterUuid(afterId)}::uuid and next_at > now() and not lacks_account
        order by order_id limit ${limit}`.execute(db);
      return rows.map((row) => row.order_id);
    },
    async claimDue(limit, holdMs) {
      const { rows } = await sql<AggregateRow>`
        update payments set claimed_until = now() + make_interval(secs => ${holdMs / 1000})
        where id in (
          select id from payments
          where next_at <= now() and (claimed_until is null or claimed_until <= now())
          order by next_at limit ${limit} for update skip locked)
        returning *`.execute(db);
      return rows.map(paymentOf);
    },
  };
}

/** Implements `PaymentRepository.saveSchedule`. */
async function saveSchedule(db: Kysely<never>, state: Payment): Promise<boolean> {
  const { attempts, refunds } = state;
  const { rows } = await sql`
    update payments set attempts = ${JSON.stringify(attempts)}::text::jsonb,
      refunds = ${JSON.stringify(refunds)}::text::jsonb, next_at = ${nextAtOf(state)}::timestamptz,
      claimed_until = null, schedule_version = ${state.scheduleVersion}::integer, rescheduled_at = now()
    where id = ${state.orderId} and version = ${state.version}::integer
      and schedule_version = ${state.scheduleVersion - 1}::integer
    returning id`.execute(db);
  return rows.length > 0;
}

/** A page of payments by their newest change, after a position in that order. */
export async function listChangedPayments(
  db: Kysely<never>,
  page: { readonly since: string; readonly afterId: string; readonly limit: number },
): Promise<(PaymentView & { readonly changedAt: string })[]> {
  const { rows } = await sql<AggregateRow>`
    select * from payments
    where (changed_at, id) > (${page.since}::timestamptz, ${afterUuid(page.afterId)}::uuid)
    order by changed_at, id limit ${page.limit}`.execute(db);
  return rows.map((row) => ({ ...viewOf(paymentOf(row)), changedAt: row.changed_at }));
}

/**
 * For operators: makes everything of a payment that may have changed at the provider due now, for any running replica.
 * Undefined: there is no such payment. `isDue`: there is something to query.
 */
export async function wakePayment(db: Kysely<never>, orderId: string) {
  for (;;) {
    const payment = await findPayment(db, orderId);
    if (payment === undefined) return undefined;
    // a second ago: the service's clock may be some milliseconds behind the database's
    const query = sql<{ now: string }>`select now() - interval '1 second' as now`;
    const { now } = (await query.execute(db)).rows[0] ?? { now: "" };
    const state = woken(payment, now, true)?.state ?? payment;
    if (state !== payment && !(await saveSchedule(db, state))) continue;
    return { isDue: (nextAtOf(state) ?? "9") <= now };
  }
}

/**
 * For operators: ends payouts that were refused or paid twice, the review of a payment that Toss does not show, and money
 * without an order. Safe to repeat: false if there was nothing to end. Each is back when Toss or order reports it anew.
 */
export async function dismiss(db: Kysely<never>, orderId: string): Promise<boolean> {
  const { rows } = await sql<{ now: string; isDone: boolean }>`
    with reviewed as (delete from unrecovered where order_id = ${orderId}
        and version = coalesce((select version from payments where id = ${orderId}), 0) returning order_id),
      claimed as (update unclaimed_money set dismissed_at = now() where order_id = ${orderId} and dismissed_at is null
        and not exists (select from payments where id = ${orderId}) returning order_id),
      gone as (select order_id from reviewed union select order_id from claimed),
      audited as (${auditInsert({ action: "review.dismissed", subject: sql`order_id` }, sql`gone`)})
    select now() as now, exists (select from gone) as "isDone"`.execute(db);
  const { now, isDone } = rows[0] ?? { now: "", isDone: false };
  const stamp = { now, newId: () => Bun.randomUUIDv7() };
  const payments = postgresPayments(db, { ...stamp, now: () => now, onChanged() {} });
  for (;;) {
    const loaded = await payments.find(orderId);
    const change = loaded && dismissPayout(loaded, stamp);
    if (change === undefined) return isDone;
    if ((await payments.save(change, { cause: "dismissPayout" })) === "saved") return true;
  }
}
