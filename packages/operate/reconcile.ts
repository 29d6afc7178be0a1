import { sql } from "kysely";
import { UserError } from "@payflow/local-stack";
import { pause } from "@payflow/shared/runtime";
import type { Places } from "./places.ts";

const usage = `bun run reconcile             payments whose end is open, or that need a person
bun run reconcile ORDER_ID    ask Toss about one of them now, and see what came of it`;

type Row = Record<string, unknown>;

/** How long the running payment service gets to ask Toss. */
const askWithinMs = 20_000;

/** Shows what is open between PayFlow and Toss; for one order, makes the payment service ask at once. */
export async function reconcile(
  words: readonly string[],
  places: Places,
): Promise<readonly Row[]> {
  const [orderId, ...rest] = words;
  if (rest.length > 0 || orderId?.startsWith("-")) throw new UserError(usage);
  if (orderId === undefined) return await listOpen(places);
  const { rows } = await sql<{ version: number }>`
    update payments set next_at = now(), claimed_until = null,
      attempts = (select coalesce(jsonb_agg(case when a->>'status' in ('DECLINED', 'VOIDED') then a
        else jsonb_set(a, '{nextAt}', to_jsonb(to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) end
        order by n), '[]') from jsonb_array_elements(attempts) with ordinality as t(a, n))
    where id = ${orderId} returning version`.execute(places.databases.payment);
  const asked = rows[0];
  if (asked === undefined)
    throw new UserError(`There is no payment for order "${orderId}".`);
  const giveUpAtMs = performance.now() + askWithinMs;
  let after = await compare(orderId, places);
  while (
    after["payment version"] === asked.version &&
    performance.now() < giveUpAtMs
  ) {
    await pause(250);
    after = await compare(orderId, places);
  }
  return Object.entries(after).map(([field, value]) => ({ field, value }));
}

/** Needs a person: nothing will be asked again by itself. */
async function listOpen(places: Places): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select p.id as "order", p.status as payment, a->>'status' as attempt, a->>'paymentKey' as "paymentKey",
      a->'failure'->>'code' as "Toss said", a->>'asks' as asks,
      case when a->'voiding'->>'needsAccount' = 'true' and a->'voiding'->'account' = 'null' then 'shopper''s account'
        when a->>'nextAt' is null then 'A PERSON' else 'next at ' || (a->>'nextAt') end as "waits for"
    from payments p, jsonb_array_elements(p.attempts) a
    where a->>'status' in ('REQUESTED', 'UNKNOWN', 'VOIDING')
    order by a->>'nextAt' nulls first limit 200`.execute(
    places.databases.payment,
  );
  const { rows: refunds } = await sql<Row>`
    select p.id as "order", p.status as payment, 'refund ' || (r->>'status') as attempt, r->>'key' as "paymentKey",
      r->'failure'->>'code' as "Toss said", r->>'asks' as asks,
      case when r->>'nextAt' is null then 'A PERSON' else 'next at ' || (r->>'nextAt') end as "waits for"
    from payments p, jsonb_array_elements(p.refunds) r
    where r->>'status' in ('REQUESTED', 'UNKNOWN') limit 200`.execute(
    places.databases.payment,
  );
  return [...rows, ...refunds];
}

async function compare(orderId: string, places: Places): Promise<Row> {
  const payment = await sql<Row>`
    select status, version, kept->>'balanceAmount' as held, attempts from payments where id = ${orderId}`.execute(
    places.databases.payment,
  );
  const order = await sql<Row>`
    select status, payment->>'paymentVersion' as followed from orders where id = ${orderId}`.execute(
    places.databases.order,
  );
  const attempts = (payment.rows[0]?.["attempts"] ?? []) as {
    paymentKey: string;
    status: string;
  }[];
  return {
    order: order.rows[0]?.["status"],
    payment: payment.rows[0]?.["status"],
    "payment version": payment.rows[0]?.["version"],
    "order follows version": order.rows[0]?.["followed"],
    "held by Toss": payment.rows[0]?.["held"],
    attempts: attempts
      .map((attempt) => `${attempt.paymentKey} ${attempt.status}`)
      .join(", "),
  };
}
