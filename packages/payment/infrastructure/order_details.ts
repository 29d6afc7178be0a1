import { sql, type Kysely } from "kysely";
import type { PaymentDetails, WebhookRow } from "@payflow/shared";
import type { LedgerEntry } from "../domain/ledger.ts";
import { openEndItem, openEnds } from "./open_ends.ts";
import { ledgerColumns } from "./postgres_payments.ts";
import { webhookRow } from "./webhook_queries.ts";

const rowsMax = 100;
const foundMax = 200;
/** When each piece of a part is in more keys than this, only some of the keys are read. */
const readMax = 10_000;
/** Payments without money by a paymentKey, such as those that wait for a deposit, are looked for among so many. */
const changedMax = 5_000;

/** What is stored of one order beside its payment. */
export async function readDetails(
  db: Kysely<never>,
  orderId: string,
): Promise<Omit<PaymentDetails, "payment">> {
  const [ledger, webhooks, ends] = await Promise.all([
    listLedger(db, orderId, rowsMax),
    sql<WebhookRow>`
      select ${webhookRow} from webhooks where order_id = ${orderId}
      order by order_id desc, received_at desc limit ${rowsMax}`.execute(db),
    openEnds(sql`o.order_id = ${orderId}::uuid`).execute(db),
  ]);
  return {
    ledger,
    webhooks: webhooks.rows.toReversed(),
    openEnds: ends.rows.map(openEndItem),
  };
}

/** The newest movements of an order's money, oldest first. */
export async function listLedger(
  db: Kysely<never>,
  orderId: string,
  limit: number,
): Promise<LedgerEntry[]> {
  const { rows } = await sql<LedgerEntry>`
    select ${ledgerColumns} from ledger_entries where order_id = ${orderId}::uuid
    order by order_id desc, version desc, position desc limit ${limit}`.execute(db);
  return rows.toReversed();
}

/**
 * Orders by a paymentKey; by a part of one, of eight characters at least, those by which money came (some of them, when the part is in
 * very many keys), and of the others those that changed last. Each piece of four characters that the part has whole narrows the search, from whichever of
 * four places the pieces begin at.
 */
export async function findByKeyPart(db: Kysely<never>, part: string): Promise<string[]> {
  const begins = [1, 2, 3, 4].map(
    (at) => sql`key_pieces(payment_key) @> key_pieces(substr(${part}::text, ${sql.lit(at)}))`,
  );
  // materialized: planned for all rows, so by the indexes, of which only the first rows are read
  const { rows } = await sql<{ id: string }>`
    with whole as materialized (
      select id from payments where payment_keys <> '{}' and payment_keys @> array[${part}::text]
    ), bound as materialized (
      select set_config('gin_fuzzy_search_limit', ${sql.lit(String(readMax))}, true) as is_set
    ), paid as materialized (
      select order_id as id from ledger_entries
      where (select is_set from bound) is not null and kind = 'capture' and (${sql.join(begins, sql` or `)}) and strpos(payment_key, ${part}) > 0
    ), changed as materialized (
      select id, payment_keys from payments order by changed_at desc, id desc limit ${changedMax}
    )
    select id from whole
    union select id from (select id from paid limit ${foundMax}) p
    union select id from changed, unnest(payment_keys) key where strpos(key, ${part}) > 0
    order by id desc limit ${foundMax}`.execute(db);
  return rows.map(({ id }) => id);
}
