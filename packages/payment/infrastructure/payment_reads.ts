import { exceptionQueries, findByKeyPart, listLedger } from "@payflow/ledger";
import { readMoneyMonth, readMovements, requestReconciliation } from "@payflow/ledger";
import { listAudit } from "@payflow/outbox";
import type { InternalBody, InternalCall } from "@payflow/back-office";
import type { HistoryEntry } from "@payflow/shared";
import { sql, type Kysely } from "kysely";
import type { PaymentRepository } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";
import { openEndItem, openEnds } from "./open_ends.ts";
import { readPaymentAttention } from "./payment_attention.ts";
import { dismiss, listChangedPayments } from "./postgres_payments.ts";
import type { TossHealth } from "./toss/toss_health.ts";
import { findWebhook, listWebhooks } from "./webhook_queries.ts";

export const { findReconciliation, listDifferences, resolveExceptions } = exceptionQueries(
  sql`(select status from payments p where p.id = order_id)`,
);

/** Of one order, webhooks and movements, the newest ones. */
const webhooksMax = 100;
const movementsMax = 1_000;
const foundMax = 200;
/** Payments without a capture, such as waiting accounts, are searched only among this many that changed last. */
const changedMax = 5_000;

/** With every paymentKey that was ever stored, not only the newest. */
const wholeView = (payment: Payment) => ({
  ...viewOf(payment),
  paymentKeys: payment.attempts.map(({ paymentKey }) => paymentKey),
});

/** The handlers, by name, of order's calls that need no provider. */
export function paymentReads(
  db: Kysely<never>,
  parts: {
    readonly payments: Pick<PaymentRepository, "find" | "findMany">;
    readonly listHistory: (orderId: string) => Promise<HistoryEntry[]>;
    readonly tossHealth: () => TossHealth;
  },
) {
  const { payments, listHistory } = parts;
  return {
    async erase({ orderId }) {
      // webhooks may contain the payer's name; a payment does not
      await sql`delete from webhooks where order_id = ${orderId}`.execute(db);
      return {};
    },
    changed: async (page) => ({ payments: await listChangedPayments(db, page) }),
    history: async ({ orderId }) => ({ history: await listHistory(orderId) }),
    find: async ({ orderIds }) => ({
      payments: (await payments.findMany(orderIds)).map(wholeView),
    }),
    async details({ orderId }) {
      const [payment, ledger, webhooks, ends] = await Promise.all([
        payments.find(orderId),
        listLedger(db, orderId, movementsMax),
        listWebhooks(db, { orderId }, webhooksMax),
        openEnds(sql`o.order_id = ${orderId}::uuid`).execute(db),
      ]);
      return {
        payment: payment ? wholeView(payment) : null,
        ledger,
        webhooks: webhooks.rows.toReversed(),
        openEnds: ends.rows.map(openEndItem),
      };
    },
    dismiss: async ({ orderId }) => ({ isDone: await dismiss(db, orderId) }),
    search: async ({ part }) => ({ orderIds: await findByKey(db, part) }),
    "money-month": ({ month }) => readMoneyMonth(db, month),
    movements: (page) => readMovements(db, page),
    reconciliation: async ({ day }) => ({ found: (await findReconciliation(db, day)) ?? null }),
    "request-reconciliation": async ({ day }) => ({ isDone: await requestReconciliation(db, day) }),
    "resolve-exceptions": async ({ reason, ...selection }) => ({
      resolved: await resolveExceptions(db, selection, reason),
    }),
    webhooks: (page) => listWebhooks(db, page),
    webhook: async ({ id }) => ({ found: (await findWebhook(db, id)) ?? null }),
    audit: async (page) => ({ rows: await listAudit(db, page) }),
    attention: async () => ({ ...(await readPaymentAttention(db)), toss: parts.tossHealth() }),
  } satisfies { [Name in InternalCall]?: (body: InternalBody<Name>) => Promise<unknown> };
}

/**
 * Finds orders by a paymentKey, or by a part of one with at least eight characters. By a part, it finds all orders with
 * a capture, and of the others those that changed last.
 */
export async function findByKey(db: Kysely<never>, part: string): Promise<string[]> {
  const [paid, { rows }] = await Promise.all([
    findByKeyPart(db, part, foundMax),
    // materialized, so that it is planned for all rows and uses the index; only the first rows are read
    sql<{ id: string }>`
      with whole as materialized (
        select id from payments where payment_keys <> '{}' and payment_keys @> array[${part}::text]
      ), changed as materialized (
        select id, payment_keys from payments order by changed_at desc, id desc limit ${changedMax}
      )
      select id from whole
      union select id from changed, unnest(payment_keys) key where strpos(key, ${part}) > 0
      order by id desc limit ${foundMax}`.execute(db),
  ]);
  const found = new Set([...paid, ...rows.map(({ id }) => id)]);
  return [...found].sort().reverse().slice(0, foundMax);
}
