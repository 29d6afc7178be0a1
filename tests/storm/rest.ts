import type postgres from "postgres";
import type { StormStack } from "./storm_stack.ts";

/** What is still under way, in words; nothing: PayFlow is at rest. */
export type Unrest = readonly string[];

type Counted = { what: string; count: number; ids: string[] };

/**
 * Looks for whatever is not settled yet. Not counted: an order that nobody pays, an account that waits for its deposit,
 * the second look after 11 minutes, and a refusal that may count only then (see `waitsForElevenMinutes`).
 */
export async function findUnrest(stack: StormStack): Promise<Unrest> {
  const { order, payment } = stack.pools;
  const counted = [
    ...(await payment<Counted[]>`
      select 'attempts without an outcome' as what, count(*)::int as count, (array_agg(p.id))[1:5] as ids
      from payments p, jsonb_array_elements(p.attempts) a
      where a->>'status' in ('REQUESTED', 'UNKNOWN') and not ${doubtful(payment)}
      union all
      select 'approvals that must go back', count(*)::int, (array_agg(p.id))[1:5]
      from payments p, jsonb_array_elements(p.attempts) a where a->>'status' = 'VOIDING'
      union all
      select 'refunds without an outcome', count(*)::int, (array_agg(p.id))[1:5]
      from payments p, jsonb_array_elements(p.refunds) r where r->>'status' in ('REQUESTED', 'UNKNOWN')
      union all
      select 'accounts that close', count(*)::int, (array_agg(id))[1:5] from payments
      where status = 'WAITING_FOR_DEPOSIT' and closing is not null
      union all
      select 'payments past their time', count(*)::int, (array_agg(id))[1:5] from payments
      where status = 'READY' and expires_at < now()
      union all
      select 'events of payment unpublished', count(*)::int, (array_agg(aggregate_id))[1:5] from outbox where published_at is null
      union all
      select 'webhooks unhandled', count(*)::int, (array_agg(order_id))[1:5] from webhooks where handled_at is null`),
    ...(await order<Counted[]>`
      select 'orders past their time' as what, count(*)::int as count, (array_agg(id))[1:5] as ids
      from orders where status = 'PENDING' and expires_at < now()
      union all
      select 'events of order unpublished', count(*)::int, (array_agg(aggregate_id))[1:5] from outbox where published_at is null`),
  ];
  return counted
    .filter(({ count }) => count > 0)
    .map(({ what, count, ids }) => `${count} ${what} (${ids.join(", ")})`);
}

/** Orders whose confirm was refused when it was sent for the second time: the first is out of time only after 11 minutes. */
export async function waitsForElevenMinutes(
  stack: StormStack,
): Promise<string[]> {
  const { payment } = stack.pools;
  const rows = await payment<{ id: string }[]>`
    select distinct p.id from payments p, jsonb_array_elements(p.attempts) a
    where a->>'status' in ('REQUESTED', 'UNKNOWN') and ${doubtful(payment)}`;
  return rows.map((row) => row.id);
}

/**
 * Makes the 11 minutes pass: moves the stored time of every attempt's first confirm back by 12 minutes and makes the
 * look that is due then due now. The rows are what the same payments would be 12 minutes later; no rule is bypassed.
 */
export async function letElevenMinutesPass(stack: StormStack): Promise<void> {
  await stack.pools.payment`
    update payments p set attempts = (
      select jsonb_agg(a || jsonb_build_object(
        'firstPostAt', to_char((a->>'firstPostAt')::timestamptz - interval '12 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'nextAt', case when a->>'nextAt' is null or a->>'status' = 'WAITING_FOR_DEPOSIT' then a->'nextAt'
          else to_jsonb(to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end) order by position)
      from jsonb_array_elements(p.attempts) with ordinality as t(a, position)),
      next_at = case when next_at is null or status in ('READY', 'WAITING_FOR_DEPOSIT') then next_at else now() end
    where jsonb_array_length(attempts) > 0`;
}

/** Second looks that are due now: none is left when `letElevenMinutesPass` has been worked off. */
export async function countDue(stack: StormStack): Promise<number> {
  const [row] = await stack.pools.payment<{ count: number }[]>`
    select count(*)::int as count from payments where next_at <= now()`;
  return row?.count ?? 0;
}

function doubtful(sql: postgres.Sql) {
  return sql`((a->>'doubtfulRefusal')::boolean and (a->>'posts')::int > 1)`;
}
