import { sql, type Kysely } from "kysely";
import { countMax, countOf, readByStatus, readMetrics, type Metric } from "@payflow/shared/http";

const needingReview = sql`select count(distinct order_id) from open_ends where needs_review`;

/** What an operator watches: what is open between PayFlow and Toss, and what needs manual review. */
export async function paymentMetrics(db: Kysely<never>): Promise<Metric[]> {
  const figures = await readMetrics(db, [
    [
      "payflow_payments_need_review",
      "Payments that need manual review: Toss was queried for days without an end",
      needingReview,
    ],
    [
      "payflow_unclaimed_orders",
      "Order ids in our form for which Toss holds money, and of which no payment is here",
      sql`select count(*) from (
        select from unclaimed_money u where not exists (select from payments p where p.id = u.order_id)
        group by order_id having sum(amount_krw) > 0) as left_over`,
    ],
    [
      "payflow_webhooks_waiting",
      `Toss's webhooks that are not handled yet, ${countMax} at the most`,
      countOf(sql`select from webhooks where handled_at is null`),
    ],
  ]);
  const byStatus = await readByStatus(db, {
    name: "payflow_payments",
    help: `The ${countMax} payments that changed last, by their status`,
    query: sql`
      select status, count(*) as value from (
        select status from payments order by changed_at desc, id desc limit ${sql.lit(countMax)}) as newest
      group by 1`,
  });
  const attempts = await readByStatus(db, {
    name: "payflow_attempts_open",
    help: "Attempts whose end Toss has yet to tell",
    query: sql`
      select known.status, count(o.status) as value
      from unnest(array['REQUESTED', 'UNKNOWN', 'VOIDING']) known(status)
      left join open_ends o on o.status = known.status and o.kind = 'attempt' group by 1`,
  });
  return [...figures, ...byStatus, ...attempts];
}

/** Payments that need manual review: `bun run reconcile` lists them. */
export async function countNeedingReview(db: Kysely<never>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select (${needingReview}) as count`.execute(db);
  return rows[0]?.count ?? 0;
}
