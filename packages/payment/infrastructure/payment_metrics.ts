import { sql, type Kysely } from "kysely";
import { messageMetrics, type Metric } from "@payflow/shared/http";
import type { PaymentTables } from "./payment_tables.ts";

/** What an operator watches: what is open between PayFlow and Toss, and what nobody will ask about again by itself. */
export async function paymentMetrics(db: Kysely<PaymentTables>): Promise<Metric[]> {
  const [messages, statuses, open, needsPerson, hints] = await Promise.all([
    messageMetrics(db as never),
    sql<{
      status: string;
      count: number;
    }>`select status, count(*)::integer as count from payments group by status`.execute(db),
    sql<{ status: string; count: number }>`
      select known.status, count(o.status)::integer as count
      from unnest(array['REQUESTED', 'UNKNOWN', 'VOIDING']) known(status)
      left join open_ends o on o.status = known.status and o.kind = 'attempt' group by 1`.execute(
      db,
    ),
    countNeedingPerson(db),
    sql<{
      count: number;
    }>`select count(*)::integer as count from webhooks where handled_at is null`.execute(db),
  ]);
  return [
    ...messages,
    ...statuses.rows.map(({ status, count }) => ({
      name: "payflow_payments",
      help: "Payments by their status",
      value: count,
      labels: { status },
    })),
    ...open.rows.map(({ status, count }) => ({
      name: "payflow_attempts_open",
      help: "Attempts whose end Toss has yet to tell",
      value: count,
      labels: { status },
    })),
    {
      name: "payflow_payments_need_person",
      help: "Payments of which Toss was asked for days without an end",
      value: needsPerson,
    },
    {
      name: "payflow_unclaimed_orders",
      help: "Order ids in our form for which Toss holds money, and of which no payment is here",
      value: await countUnclaimed(db),
    },
    {
      name: "payflow_webhooks_waiting",
      help: "Toss's webhooks that are not handled yet",
      value: hints.rows[0]?.count ?? 0,
    },
  ];
}

/** Orders that nobody here knows and for which Toss holds money: `bun run reconcile` lists them. */
export async function countUnclaimed(db: Kysely<PaymentTables>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (
      select 1 from unclaimed_money u where not exists (select 1 from payments p where p.id = u.order_id)
      group by order_id having sum(amount_krw) > 0) as left_over`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Payments of which Toss was asked so often that a person must look: `bun run reconcile` lists them. */
export async function countNeedingPerson(db: Kysely<PaymentTables>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct order_id)::integer as count from open_ends where needs_person`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}
