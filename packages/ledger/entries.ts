import { sql, type Kysely } from "kysely";
import type { LedgerEntry } from "./movements.ts";

/** The folder of the ledger's migrations, for `readMigrations`. */
export const ledgerMigrations = `${import.meta.dir}/migrations`;

const fields: Record<keyof LedgerEntry, readonly [column: string, type: string]> = {
  orderId: ["order_id", "uuid"],
  paymentKey: ["payment_key", "text"],
  kind: ["kind", "text"],
  amount: ["amount_krw", "bigint"],
  occurredAt: ["occurred_at", "timestamptz"],
  transactionKey: ["transaction_key", "text"],
  method: ["method", "text"],
  card: ["card", "jsonb"],
  vat: ["vat_krw", "bigint"],
  taxFree: ["tax_free_krw", "bigint"],
  receiptUrl: ["receipt_url", "text"],
};

/** The journal table of an aggregate: its save writes the entries that its change has booked. */
export const ledgerTable = { name: "ledger_entries", fields };

/** The columns of a row as a `LedgerEntry`. */
export const entryColumns = sql.join(
  Object.entries(fields).map(([field, [column]]) => sql`${sql.ref(column)} as ${sql.ref(field)}`),
);

/** The newest movements of an order's money, oldest first. */
export async function listLedger(db: Kysely<never>, orderId: string, limit: number) {
  const { rows } = await sql<LedgerEntry>`
    select ${entryColumns} from ledger_entries where order_id = ${orderId}::uuid
    order by order_id desc, version desc, position desc limit ${limit}`.execute(db);
  return rows.toReversed();
}

/** If each piece of a part is in more keys than this, only some of the keys are read. */
const readMax = 10_000;

/**
 * Orders with a capture by a paymentKey that contains this part, of at least eight characters; only some of them if
 * very many keys contain it. Each whole piece of four characters narrows the search; pieces may start at any of four
 * offsets.
 */
export async function findByKeyPart(db: Kysely<never>, part: string, limit: number) {
  const begins = [1, 2, 3, 4].map(
    (at) => sql`key_pieces(payment_key) @> key_pieces(substr(${part}::text, ${sql.lit(at)}))`,
  );
  // materialized, so that it is planned for all rows and uses the index; only the first rows are read
  const { rows } = await sql<{ id: string }>`
    with bound as materialized (
      select set_config('gin_fuzzy_search_limit', ${sql.lit(String(readMax))}, true) as is_set
    ), found as materialized (
      select order_id as id from ledger_entries
      where (select is_set from bound) is not null and kind = 'capture' and (${sql.join(begins, sql` or `)})
        and strpos(payment_key, ${part}) > 0
    )
    select distinct id from (select id from found limit ${limit}) f`.execute(db);
  return rows.map(({ id }) => id);
}
