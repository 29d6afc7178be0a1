import { sql, type Kysely } from "kysely";
import { findByKeyPart, listLedger } from "@payflow/ledger";
import type { PaymentDetails } from "@payflow/back-office";
import { openEndItem, openEnds } from "./open_ends.ts";
import { listWebhooks } from "./webhook_queries.ts";

const rowsMax = 100;
const movementsMax = 1_000;
const foundMax = 200;
/** Payments without a capture, such as waiting accounts, are searched only among this many that changed last. */
const changedMax = 5_000;

/** The ledger entries, webhooks and open ends of one order. */
export async function readDetails(
  db: Kysely<never>,
  orderId: string,
): Promise<Omit<PaymentDetails, "payment">> {
  const [ledger, webhooks, ends] = await Promise.all([
    listLedger(db, orderId, movementsMax),
    listWebhooks(db, { orderId }, rowsMax),
    openEnds(sql`o.order_id = ${orderId}::uuid`).execute(db),
  ]);
  return { ledger, webhooks: webhooks.rows.toReversed(), openEnds: ends.rows.map(openEndItem) };
}

/**
 * Finds orders by a paymentKey, or by a part of one with at least eight characters. By a part, it finds all orders with
 * a capture, and of the others those that changed last.
 */
export async function findByKey(db: Kysely<never>, part: string): Promise<string[]> {
  const [paid, { rows }] = await Promise.all([
    findByKeyPart(db, part, foundMax),
    // materialized, so that it is planned for all rows and uses the index; only the first rows are read
    sql<{ id: string }>`
      with whole as materialized (
        select id from payments where payment_keys <> '{}' and payment_keys @> array[${part}::text]
      ), changed as materialized (
        select id, payment_keys from payments order by changed_at desc, id desc limit ${changedMax}
      )
      select id from whole
      union select id from changed, unnest(payment_keys) key where strpos(key, ${part}) > 0
      order by id desc limit ${foundMax}`.execute(db),
  ]);
  const found = new Set([...paid, ...rows.map(({ id }) => id)]);
  return [...found].sort().reverse().slice(0, foundMax);
}
