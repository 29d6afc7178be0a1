import { sql, type Kysely } from "kysely";
import type { LedgerEntry } from "./movements.ts";

/** The folder of the ledger's tables, for `readMigrations`. */
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

/** As the journal of an aggregate, whose save writes what its change has booked. */
export const ledgerTable = { name: "ledger_entries", fields };

/** A row as a `LedgerEntry`. */
export const entryColumns = sql.join(
  Object.entries(fields).map(([field, [column]]) => sql`${sql.ref(column)} as ${sql.ref(field)}`),
);

/** The newest movements of an order's money, oldest first. */
export async function listLedger(
  db: Kysely<never>,
  orderId: string,
  limit: number,
): Promise<LedgerEntry[]> {
  const { rows } = await sql<LedgerEntry>`
    select ${entryColumns} from ledger_entries where order_id = ${orderId}::uuid
    order by order_id desc, version desc, position desc limit ${limit}`.execute(db);
  return rows.toReversed();
}

/** When each piece of a part is in more keys than this, only some of the keys are read. */
const readMax = 10_000;

/**
 * Orders whose money came by a paymentKey with this part, of eight characters at least; some of them, when it is in very
 * many keys. Each piece of four characters that the part has whole narrows the search, from whichever of four places the
 * pieces begin at.
 */
export async function findByKeyPart(
  db: Kysely<never>,
  part: string,
  limit: number,
): Promise<string[]> {
  const begins = [1, 2, 3, 4].map(
    (at) => sql`key_pieces(payment_key) @> key_pieces(substr(${part}::text, ${sql.lit(at)}))`,
  );
  // materialized: planned for all rows, so by the index, of which only the first rows are read
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
