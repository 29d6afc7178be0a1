import { sql, type Kysely } from "kysely";
import { countMax, countOf, type MetricQuery } from "@payflow/shared/http";

const needingReview = sql<{ value: number }>`
  select count(distinct order_id) as value from open_ends where needs_review`;

/** What an operator watches: what is open between PayFlow and Toss, and what needs manual review. */
export const paymentMetrics: readonly MetricQuery[] = [
  [
    "payflow_payments_need_review",
    "Payments that need manual review: Toss was queried for days without an end",
    needingReview,
  ],
  [
    "payflow_unclaimed_orders",
    "Order ids in our form for which Toss holds money, and of which no payment is here",
    sql`select count(*) as value from (
      select from unclaimed_money u where not exists (select from payments p where p.id = u.order_id)
      group by order_id having sum(amount_krw) > 0) as left_over`,
  ],
  [
    "payflow_reconciliation_exceptions",
    `Movements of money that Toss's list and the ledger have otherwise, ${countMax} at the most`,
    countOf(sql`select from reconciliation_exceptions where resolved_at is null`),
  ],
  [
    "payflow_webhooks_waiting",
    `Toss's webhooks that are not handled yet, ${countMax} at the most`,
    countOf(sql`select from webhooks where handled_at is null`),
  ],
  [
    "payflow_payments",
    `The ${countMax} payments that changed last, by their status`,
    sql`select status, count(*) as value from (
        select status from payments order by changed_at desc, id desc limit ${sql.lit(countMax)}) as newest
      group by 1`,
  ],
  [
    "payflow_attempts_open",
    "Attempts whose end Toss has yet to tell",
    sql`select known.status, count(o.status) as value
      from unnest(array['REQUESTED', 'UNKNOWN', 'VOIDING']) known(status)
      left join open_ends o on o.status = known.status and o.kind = 'attempt' group by 1`,
  ],
];

/** Payments that need manual review: `bun run reconcile` lists them. */
export async function countNeedingReview(db: Kysely<never>): Promise<number> {
  const { rows } = await needingReview.execute(db);
  return rows[0]?.value ?? 0;
}
