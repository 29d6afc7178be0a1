import {
  exceptionQueries,
  readMoneyMonth,
  readMovements,
  requestReconciliation,
} from "@payflow/ledger";
import { listAudit } from "@payflow/outbox";
import type { InternalBody, InternalCall } from "@payflow/back-office";
import type { HistoryEntry } from "@payflow/shared";
import { sql, type Kysely } from "kysely";
import type { PaymentRepository } from "../application/ports.ts";
import type { Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";
import { findByKey, readDetails } from "./order_details.ts";
import { readPaymentAttention } from "./payment_attention.ts";
import { listChangedPayments } from "./postgres_payments.ts";
import type { TossHealth } from "./toss/toss_health.ts";
import { findWebhook, listWebhooks } from "./webhook_queries.ts";

export const { findReconciliation, listDifferences, resolveExceptions } = exceptionQueries(
  sql`(select status from payments p where p.id = order_id)`,
);

/** With every paymentKey that was ever stored, not only the newest. */
const wholeView = (payment: Payment) => ({
  ...viewOf(payment),
  paymentKeys: payment.attempts.map(({ paymentKey }) => paymentKey),
});

/** The handlers, by name, of order's calls that decide nothing about a payment. */
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
      const [payment, details] = await Promise.all([
        payments.find(orderId),
        readDetails(db, orderId),
      ]);
      return { ...details, payment: payment ? wholeView(payment) : null };
    },
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
