// Payment's items that need an operator, by the conditions of the alerting metrics.
import { sql, type Kysely } from "kysely";
import { listDifferingDays } from "@payflow/ledger";
import type { AttentionItem } from "@payflow/back-office";
import { countMax, readMessageAttention } from "@payflow/back-office/messages";
import { endsOf, isOpenPayment, isStuckPayment, openEndItem, openEnds } from "./open_ends.ts";
import type { OpenEnd } from "./open_ends.ts";
import { unclaimedMoney } from "./payment_metrics.ts";

const itemsMax = 200;
const max = itemsMax + 1;
/** How many open payments are searched for late ones, oldest orders first. */
const openMax = 1_000;
/** Younger open ends are under way and need no attention. */
const lateAfter = sql`interval '1 minute'`;

/** `hasMore`: one of the lists was cut off. */
export async function readPaymentAttention(db: Kysely<never>) {
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

/** Open ends that no schedule will end, and those that are open for too long. */
async function readEnds(db: Kysely<never>): Promise<AttentionItem[]> {
  const stuck = endsOf(isStuckPayment, max, sql`(o.needs_review or o.lacks_account)`);
  const isLate = sql`not o.needs_review and not o.lacks_account and o.since < now() - ${lateAfter}`;
  const { rows } = await sql<OpenEnd>`
    (${stuck} limit ${max}) union all (${endsOf(isOpenPayment, openMax, isLate)} limit ${max})
    union all
    (${openEnds(sql`o.kind in ('recovery', 'payout')`)} order by o.order_id limit ${max})`.execute(
    db,
  );
  return rows.map(openEndItem);
}

type UnclaimedMoney = Readonly<Record<"orderId" | "paymentKey" | "since", string>> & {
  readonly amount: number;
};

/** Toss's money for orders that have no payment here, by order, oldest find first. */
export async function listUnclaimedMoney(db: Kysely<never>, { limit = itemsMax } = {}) {
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

/** PayFlow cannot correct these differences, so they are shown for a month only. */
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
