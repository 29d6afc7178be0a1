// What needs an operator of what payment has, by the conditions of the metrics that alert.
import { sql, type Kysely } from "kysely";
import { listDifferingDays } from "@payflow/ledger";
import type { AttentionItem } from "@payflow/back-office";
import { countMax, readMessageAttention } from "@payflow/back-office/messages";
import { endsOf, isOpenPayment, isStuckPayment, openEndItem, openEnds } from "./open_ends.ts";
import type { OpenEnd } from "./open_ends.ts";
import { unclaimedMoney } from "./payment_metrics.ts";

const itemsMax = 200;
const max = itemsMax + 1;
/** Payments are looked through for what is late, the oldest orders first. */
const openMax = 1_000;
/** What is younger than this is under way, and nothing to look at. */
const lateAfter = sql`interval '1 minute'`;

/** `hasMore`: some of a kind are left out. */
export async function readPaymentAttention(
  db: Kysely<never>,
): Promise<{ readonly items: readonly AttentionItem[]; readonly hasMore: boolean }> {
  const lists = await Promise.all([
    readEnds(db),
    readUnclaimed(db),
    listDifferingDays(db, { countMax, limit: max }),
    readTaxFreeDifferences(db),
    readWaitingWebhooks(db),
    readMessageAttention(db, "payment"),
  ]);
  const items = lists.flatMap((list) => list.slice(0, itemsMax));
  return { items, hasMore: lists.some((list) => list.length > itemsMax) };
}

/** What Toss has yet to end and no schedule will, and what is open for longer than it should be. */
async function readEnds(db: Kysely<never>): Promise<AttentionItem[]> {
  const stuck = endsOf(isStuckPayment, max, sql`(o.needs_review or o.lacks_account)`);
  const isLate = sql`not o.needs_review and not o.lacks_account and o.since < now() - ${lateAfter}`;
  const { rows } = await sql<OpenEnd>`
    (${stuck} limit ${max}) union all (${endsOf(isOpenPayment, openMax, isLate)} limit ${max})
    union all
    (${openEnds(sql`o.kind = 'recovery'`)} order by o.order_id limit ${max})`.execute(db);
  return rows.map(openEndItem);
}

type UnclaimedMoney = Readonly<Record<"orderId" | "paymentKey" | "since", string>> & {
  readonly amount: number;
};

/** What Toss holds for orders of which no payment is here, by order; the oldest finds first. */
export async function listUnclaimedMoney(
  db: Kysely<never>,
  { limit = itemsMax } = {},
): Promise<readonly UnclaimedMoney[]> {
  const { rows } = await sql<UnclaimedMoney>`
    select order_id as "orderId", min(payment_key) as "paymentKey", sum(amount_krw)::bigint as amount,
      min(found_at) as since
    from ${unclaimedMoney} order by min(found_at) limit ${limit}`.execute(db);
  return rows;
}

async function readUnclaimed(db: Kysely<never>): Promise<AttentionItem[]> {
  const found = await listUnclaimedMoney(db, { limit: max });
  return found.map((one) => ({ kind: "money_without_order", part: "payment", count: 1, ...one }));
}

/** Nobody can mend them here, so they are shown for a month. */
async function readTaxFreeDifferences(db: Kysely<never>): Promise<AttentionItem[]> {
  const { rows } = await sql<Pick<AttentionItem, "orderId" | "amount" | "since">>`
    select id as "orderId", amount_krw as amount, changed_at as since from payments
    where tax_free_differs and changed_at > now() - interval '31 days'
    order by changed_at limit ${max}`.execute(db);
  return rows.map((row) => ({ kind: "tax_free_differs", part: "payment", count: 1, ...row }));
}

async function readWaitingWebhooks(db: Kysely<never>): Promise<AttentionItem[]> {
  const { rows } = await sql<{ count: number; since: string | null }>`
    select count(*) as count, min(received_at) as since
    from (select received_at from webhooks where handled_at is null order by next_at limit ${countMax}) as w
    where received_at < now() - ${lateAfter}`.execute(db);
  return rows
    .filter(({ count }) => count > 0)
    .map((row) => ({ kind: "webhooks_waiting", part: "payment", ...row }));
}
