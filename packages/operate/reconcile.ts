import { sql } from "kysely";
import { UserError, type CommandSpec, type ReadWords } from "@payflow/local-stack";
import { pause } from "@payflow/outbox";
import type { Places } from "./places.ts";

export const reconcileCommand: CommandSpec = {
  usage: `bun run reconcile [ORDER_ID]

Lists the payments whose outcome is open or that need manual review. With an order's id, makes the
payment service query Toss about that payment now, and shows the result.`,
  wordsMax: 1,
};

type Row = Record<string, unknown>;

/** How long to wait for the running payment service to query Toss. */
const queryWithinMs = 20_000;
/** Wait after a change that left something open, before the result is shown. */
const quietMs = 1_000;

/** Shows what is open between PayFlow and Toss; for one order, makes the payment service query Toss at once. */
export function reconcile({
  words: [orderId],
}: ReadWords): (places: Places) => Promise<readonly Row[]> {
  return (places) => (orderId === undefined ? listOpen(places) : reconcileOne(orderId, places));
}

async function reconcileOne(orderId: string, places: Places): Promise<readonly Row[]> {
  // Loaded here, since it is large and no other command needs it.
  const { wakePayment } = await import("@payflow/payment");
  const woken = await wakePayment(places.databases.payment, orderId);
  if (woken === undefined) throw new UserError(`There is no payment for order "${orderId}".`);
  const giveUpAtMs = performance.now() + queryWithinMs;
  let { open, ...shown } = await compare(orderId, places);
  let version = woken.version;
  let changedAtMs = Infinity;
  const isOver = () =>
    !woken.isDue ||
    (version !== woken.version && open === 0) ||
    performance.now() > Math.min(giveUpAtMs, changedAtMs + quietMs);
  while (!isOver()) {
    await pause(250);
    ({ open, ...shown } = await compare(orderId, places));
    if (shown["payment version"] === version) continue;
    version = shown["payment version"] as number;
    changedAtMs = performance.now();
  }
  return Object.entries(shown).map(([field, value]) => ({ field, value }));
}

async function listOpen(places: Places): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select order_id as "order", payment_status as payment, kind, key, status, coalesce(said, '-') as "last response",
      checks as queries, next_at as "next query at",
      coalesce(nullif(concat_ws(', ', case when needs_review then 'manual review' end,
        case when lacks_account then 'an account' end), ''), 'Toss') as "waits for"
    from open_ends order by needs_review desc, next_at nulls first, order_id, key limit 200`.execute(
    places.databases.payment,
  );
  return [...(await listWithoutOrder(places)), ...rows];
}

/** Money at Toss of orders that were lost with a restored database. */
async function listWithoutOrder({ databases }: Places): Promise<Row[]> {
  const without = sql`'money without an order' as kind`;
  const review = sql`'-' as "last response", 0 as queries, null as "next query at", 'manual review' as "waits for"`;
  const orphans = await sql<Row>`
    select order_id as "order", payment->>'status' as payment, ${without}, '-' as key,
      concat('₩', payment->>'balanceAmount') as status, ${review}
    from orphaned_payments p where (payment->>'balanceAmount')::bigint > 0
      and not exists (select 1 from orders o where o.id = p.order_id)
    order by found_at limit 200`.execute(databases.order);
  const unclaimed = await sql<Row>`
    select order_id as "order", 'none' as payment, ${without}, min(payment_key) as key,
      concat('₩', sum(amount_krw)) as status, ${review}
    from unclaimed_money u where not exists (select 1 from payments p where p.id = u.order_id)
    group by order_id having sum(amount_krw) > 0
    order by min(found_at) limit 200`.execute(databases.payment);
  return [...orphans.rows, ...unclaimed.rows];
}

async function compare(orderId: string, places: Places): Promise<Row & { readonly open: number }> {
  const payment = await sql<Row>`
    select status, version, kept->>'balanceAmount' as held, attempts, refunds,
      (select count(*)::integer from open_ends where order_id = ${orderId}) as open
    from payments where id = ${orderId}`.execute(places.databases.payment);
  const order = await sql<Row>`
    select status, payment->>'paymentVersion' as applied from orders where id = ${orderId}`.execute(
    places.databases.order,
  );
  const { attempts, refunds, open } = payment.rows[0] as {
    attempts: { paymentKey: string; status: string }[];
    refunds: { key: string; status: string; amount: number }[];
    open: number;
  };
  return {
    open,
    order: order.rows[0]?.["status"],
    payment: payment.rows[0]?.["status"],
    "payment version": payment.rows[0]?.["version"],
    "order has version": order.rows[0]?.["applied"],
    "balance at Toss": payment.rows[0]?.["held"],
    attempts: attempts.map((attempt) => `${attempt.paymentKey} ${attempt.status}`).join(", "),
    refunds: refunds.map((refund) => `${refund.key} ${refund.amount} ${refund.status}`).join(", "),
  };
}
