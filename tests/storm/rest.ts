import type postgres from "postgres";
import type { Payment } from "@payflow/payment/testing";
import type { StormStack } from "./storm_stack.ts";

/** What is still under way, and for which orders; nothing: PayFlow is at rest. */
export type Unrest = readonly {
  readonly what: string;
  readonly orderIds: readonly string[];
}[];

type Attempt = Payment["attempts"][number];
type Refund = Payment["refunds"][number];
type Cancel = NonNullable<Attempt["cancel"]>;
type Found = { what: string; ids: string[] | null };

/** The names that the statements read from rows; one that payment renames does not compile. */
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
 * Looks for whatever is not settled yet. Not counted: an order that nobody pays, an account that waits for its deposit,
 * a late deposit that waits for the shopper's account, a webhook of the last ten seconds, since payment windows end
 * all the time, and, until they have passed, what may end only after 11 minutes.
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
      select 'approvals that must go back', array_agg(distinct p.id::text)
      from payments p, jsonb_array_elements(p.attempts) a
      where a->>${status}::text = 'VOIDING' and not (a->${cancel}::text->>${ofCancel.needsAccount}::text = 'true'
        and a->${cancel}::text->>${ofCancel.account}::text is null)
      union all
      select 'refunds without an outcome', array_agg(distinct p.id::text)
      from payments p, jsonb_array_elements(p.refunds) r where r->>${ofRefund.status}::text in ('REQUESTED', 'UNKNOWN')
      union all
      select 'accounts that close', array_agg(distinct id::text) from payments
      where status = 'WAITING_FOR_DEPOSIT' and closing is not null
      union all
      select 'payments past their time', array_agg(distinct id::text) from payments
      where status = 'READY' and expires_at < now()
      union all
      select 'events of payment unpublished', array_agg(distinct aggregate_id::text) from outbox where is_waiting
      union all
      select 'webhooks unhandled', array_agg(distinct order_id::text) from webhooks
      where handled_at is null and received_at < now() - interval '10 seconds'
      union all
      select 'payments that need manual review', array_agg(distinct order_id::text) from open_ends where kind = 'recovery'
      union all
      select 'money of an order that payment does not know', array_agg(distinct u.order_id::text)
      from unclaimed_money u where not exists (select from payments p where p.id = u.order_id)`),
    ...(await order<Found[]>`
      select 'orders past their time' as what, array_agg(distinct id::text) as ids
      from orders where status = 'PENDING' and expires_at < now()
      union all
      select 'events of order unpublished', array_agg(distinct aggregate_id::text) from outbox where is_waiting`),
  ];
  return found.flatMap(({ what, ids }) => (ids === null ? [] : [{ what, orderIds: ids }]));
}

/**
 * Orders with an attempt of which nothing is known for sure before its time at Toss is over, while Toss holds no money
 * by it: a confirm that was refused when it was sent for the second time, and one that was on its way to Toss when the
 * order was closed.
 */
export async function waitsForElevenMinutes(stack: StormStack): Promise<string[]> {
  const { payment } = stack.pools;
  const rows = await payment<{ id: string }[]>`
    select distinct p.id from payments p, jsonb_array_elements(p.attempts) a
    where a->>${ofAttempt.status}::text in ('REQUESTED', 'UNKNOWN') and ${endsInElevenMinutes(payment)}`;
  return rows.map((row) => row.id);
}

/**
 * Makes the 11 minutes pass: at Toss by the sandbox's clock; here, where the database's clock decides, by moving each
 * attempt's confirms back and the look that is due to now. So the rows are what they would be by then, and every
 * attempt gets its second look.
 */
export async function letElevenMinutesPass(stack: StormStack): Promise<void> {
  const clock = await fetch(`${stack.sandboxUrl}/_sandbox/clock`, {
    method: "POST",
    body: JSON.stringify({ advanceMs: 11 * 60_000 }),
  });
  if (!clock.ok) throw new Error(`The clock stays: ${await clock.text()}`);
  const { payment } = stack.pools;
  const { status, firstSentAt, lastSentAt, nextAt } = ofAttempt;
  const iso = (time: postgres.Fragment) =>
    payment`to_jsonb(to_char((${time}) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
  const earlier = (name: string) =>
    iso(payment`(a->>${name}::text)::timestamptz - interval '12 minutes'`);
  // saves lock their rows by id, and so does this, or they would wait for each other
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
      -- a look that is under way would write back the times that it has read
      looks = looks + 1
    from locked where p.id = locked.id`;
}

/** Toss sends again after minutes what nobody took: those minutes pass. */
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

/** Second looks that are due now: none is left when `letElevenMinutesPass` has been worked off. */
export async function countDue(stack: StormStack): Promise<number> {
  const [row] = await stack.pools.payment<{ count: number }[]>`
    select count(*)::int as count from payments where next_at <= now()`;
  return row?.count ?? 0;
}

function endsInElevenMinutes(sql: postgres.Sql) {
  const { refusalPending, sends } = ofAttempt;
  return sql`((a->>${refusalPending}::text)::boolean and (a->>${sends}::text)::int > 1 or p.status in ('CANCELED', 'EXPIRED'))`;
}
