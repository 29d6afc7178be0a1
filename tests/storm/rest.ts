import type postgres from "postgres";
import type { Payment } from "@payflow/payment/testing";
import type { StormStack } from "./storm_stack.ts";

/** Open work, and its orders; empty when PayFlow has settled. */
export type Unrest = readonly {
  readonly what: string;
  readonly orderIds: readonly string[];
}[];

type Attempt = Payment["attempts"][number];
type Refund = Payment["refunds"][number];
type Cancel = NonNullable<Attempt["cancel"]>;
type Found = { what: string; ids: string[] | null };

/** JSON members that the statements read; a renamed member of payment's types fails to compile here. */
const ofAttempt = {
  status: "status",
  cancel: "cancel",
  refusalPending: "refusalPending",
  sends: "sends",
  firstSentAt: "firstSentAt",
  lastSentAt: "lastSentAt",
  nextAt: "nextAt",
} as const satisfies { readonly [K in keyof Attempt]?: K };
const ofCancel = { needsAccount: "needsAccount", account: "account" } as const satisfies {
  readonly [K in keyof Cancel]?: K;
};
const ofRefund = { status: "status" } as const satisfies { readonly [K in keyof Refund]?: K };

/**
 * Finds open work. Not counted: unpaid orders, virtual accounts that wait for a deposit, late deposits that wait for the
 * shopper's account, webhooks of the last ten seconds (payment windows expire all the time), and, unless `havePassed`,
 * attempts that can end only after 11 minutes.
 */
export async function findUnrest(
  stack: StormStack,
  { havePassed = false }: { readonly havePassed?: boolean } = {},
): Promise<Unrest> {
  const { order, payment } = stack.pools;
  const { status, cancel } = ofAttempt;
  const found = [
    ...(await payment<Found[]>`
      select 'attempts without an outcome' as what, array_agg(distinct p.id::text) as ids
      from payments p, jsonb_array_elements(p.attempts) a
      where a->>${status}::text in ('REQUESTED', 'UNKNOWN')
        and (${havePassed} or not ${endsInElevenMinutes(payment)})
      union all
      select 'approvals to be voided', array_agg(distinct p.id::text)
      from payments p, jsonb_array_elements(p.attempts) a
      where a->>${status}::text = 'VOIDING' and not (a->${cancel}::text->>${ofCancel.needsAccount}::text = 'true'
        and a->${cancel}::text->>${ofCancel.account}::text is null)
      union all
      select 'refunds without an outcome', array_agg(distinct p.id::text)
      from payments p, jsonb_array_elements(p.refunds) r where r->>${ofRefund.status}::text in ('REQUESTED', 'UNKNOWN')
      union all
      select 'virtual accounts being closed', array_agg(distinct id::text) from payments
      where status = 'WAITING_FOR_DEPOSIT' and closing is not null
      union all
      select 'expired payments still READY', array_agg(distinct id::text) from payments
      where status = 'READY' and expires_at < now()
      union all
      select 'unpublished payment events', array_agg(distinct aggregate_id::text) from outbox where is_waiting
      union all
      select 'unhandled webhooks', array_agg(distinct order_id::text) from webhooks
      where handled_at is null and received_at < now() - interval '10 seconds'
      union all
      select 'payments that need manual review', array_agg(distinct order_id::text) from open_ends where kind = 'recovery'
      union all
      select 'money of an order that payment does not know', array_agg(distinct u.order_id::text)
      from unclaimed_money u where not exists (select from payments p where p.id = u.order_id)`),
    ...(await order<Found[]>`
      select 'expired orders still PENDING' as what, array_agg(distinct id::text) as ids
      from orders where status = 'PENDING' and expires_at < now()
      union all
      select 'unpublished order events', array_agg(distinct aggregate_id::text) from outbox where is_waiting`),
  ];
  return found.flatMap(({ what, ids }) => (ids === null ? [] : [{ what, orderIds: ids }]));
}

/**
 * Orders with an attempt whose outcome is certain only after Toss's confirm window: a confirm that was rejected when it
 * was resent, or a confirm that was on its way to Toss when the order was closed.
 */
export async function waitsForElevenMinutes(stack: StormStack): Promise<string[]> {
  const { payment } = stack.pools;
  const rows = await payment<{ id: string }[]>`
    select distinct p.id from payments p, jsonb_array_elements(p.attempts) a
    where a->>${ofAttempt.status}::text in ('REQUESTED', 'UNKNOWN') and ${endsInElevenMinutes(payment)}`;
  return rows.map((row) => row.id);
}

/**
 * Simulates 11 minutes: at Toss by the sandbox's clock; in payment, which uses the database's clock, by moving the
 * attempts' send times 12 minutes back and their next query to now. Every attempt then gets its final status query.
 */
export async function letElevenMinutesPass(stack: StormStack): Promise<void> {
  const clock = await fetch(`${stack.sandboxUrl}/_sandbox/clock`, {
    method: "POST",
    body: JSON.stringify({ advanceMs: 11 * 60_000 }),
  });
  if (!clock.ok) throw new Error(`The sandbox's clock did not advance: ${await clock.text()}`);
  const { payment } = stack.pools;
  const { status, firstSentAt, lastSentAt, nextAt } = ofAttempt;
  const iso = (time: postgres.Fragment) =>
    payment`to_jsonb(to_char((${time}) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
  const earlier = (name: string) =>
    iso(payment`(a->>${name}::text)::timestamptz - interval '12 minutes'`);
  // locks the rows in the order of their ids, as saves do, to avoid a deadlock
  await payment`
    with locked as (
      select id from payments where jsonb_array_length(attempts) > 0 order by id for update)
    update payments p set attempts = (
      select jsonb_agg(a || jsonb_build_object(
        ${firstSentAt}::text, ${earlier(firstSentAt)}, ${lastSentAt}::text, ${earlier(lastSentAt)},
        ${nextAt}::text, case when a->>${nextAt}::text is null or a->>${status}::text = 'WAITING_FOR_DEPOSIT'
          then a->${nextAt}::text else ${iso(payment`now()`)} end) order by position)
      from jsonb_array_elements(p.attempts) with ordinality as t(a, position)),
      next_at = case when next_at is null or status in ('READY', 'WAITING_FOR_DEPOSIT') then next_at else now() end,
      -- makes the result of a concurrent status query stale; it would write back the old times
      schedule_version = schedule_version + 1
    from locked where p.id = locked.id`;
}

/** Resends failed webhooks now, instead of waiting for Toss's back-off of minutes. */
export async function resendWebhooks({ sandboxUrl }: StormStack): Promise<void> {
  const url = `${sandboxUrl}/_sandbox/webhooks`;
  type Sent = { id: number; state: string; attempts: number; nextAt: number };
  const { webhooks } = (await (await fetch(url)).json()) as {
    webhooks: Sent[];
  };
  const soon = Date.now() + 1_000;
  for (const { id, state, attempts, nextAt } of webhooks) {
    if (state === "pending" && attempts > 0 && nextAt > soon)
      await fetch(`${url}/${id}/resend`, { method: "POST" });
  }
}

/** Payments with a status query due now; 0 when the queries of `letElevenMinutesPass` are done. */
export async function countDue(stack: StormStack): Promise<number> {
  const [row] = await stack.pools.payment<{ count: number }[]>`
    select count(*)::int as count from payments where next_at <= now()`;
  return row?.count ?? 0;
}

function endsInElevenMinutes(sql: postgres.Sql) {
  const { refusalPending, sends } = ofAttempt;
  return sql`((a->>${refusalPending}::text)::boolean and (a->>${sends}::text)::int > 1 or p.status in ('CANCELED', 'EXPIRED'))`;
}
