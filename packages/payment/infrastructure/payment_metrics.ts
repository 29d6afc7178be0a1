import { sql, type Kysely } from "kysely";
import { messageMetrics, type Metric } from "@payflow/shared/runtime";
import type { PaymentTables } from "./payment_tables.ts";

/** What an operator watches: what is open between PayFlow and Toss, and what nobody will ask about again by itself. */
export async function paymentMetrics(
  db: Kysely<PaymentTables>,
): Promise<Metric[]> {
  const [messages, statuses, open, needsPerson, hints] = await Promise.all([
    messageMetrics(db as never),
    sql<{
      status: string;
      count: number;
    }>`select status, count(*)::integer as count from payments group by status`.execute(
      db,
    ),
    sql<{ status: string; count: number }>`
      select a->>'status' as status, count(*)::integer as count from payments, jsonb_array_elements(attempts) a
      where next_at is not null and a->>'status' in ('REQUESTED', 'UNKNOWN', 'VOIDING') group by 1`.execute(
      db,
    ),
    countNeedingPerson(db),
    sql<{
      count: number;
    }>`select count(*)::integer as count from webhooks where handled_at is null`.execute(
      db,
    ),
  ]);
  return [
    ...messages,
    ...statuses.rows.map(({ status, count }) => ({
      ...{
        name: "payflow_payments",
        help: "Payments by their status",
        value: count,
        labels: { status },
      },
    })),
    ...open.rows.map(({ status, count }) => ({
      ...{
        name: "payflow_attempts_open",
        help: "Attempts whose end Toss has yet to tell",
        value: count,
        labels: { status },
      },
    })),
    {
      name: "payflow_payments_need_person",
      help: "Payments with an open end about which Toss is no longer asked",
      value: needsPerson,
    },
    {
      name: "payflow_webhooks_waiting",
      help: "Toss's webhooks that are not handled yet",
      value: hints.rows[0]?.count ?? 0,
    },
  ];
}

/** Payments whose schedule of questions has run out with the end still open: `bun run reconcile` lists them. */
export async function countNeedingPerson(
  db: Kysely<PaymentTables>,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from payments p where
      exists (select 1 from jsonb_array_elements(p.attempts) a
        where a->>'status' in ('REQUESTED', 'UNKNOWN', 'VOIDING') and a->>'nextAt' is null)
      or exists (select 1 from jsonb_array_elements(p.refunds) r
        where r->>'status' in ('REQUESTED', 'UNKNOWN') and r->>'nextAt' is null)`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}
