// Whether this database has everything that happened: it proves it by reading Toss's list to its end once in every run
// of its server.
import { isUuid } from "@payflow/outbox";
import type { Logger } from "@payflow/shared/http";
import { sql, type Kysely } from "kysely";
import type { DatabaseProof, PaymentDeps } from "../application/ports.ts";
import type { Transaction } from "../domain/charge.ts";

/** A server takes longer than this to fail over or to restart. */
const rememberMs = 500;

/** Order's ids are UUIDs of version 7: money by others is another system's, which has the same account at Toss. */
const ours = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function databaseProof(
  db: Kysely<never>,
  options: { readonly log: Logger; readonly onUnproven: () => void },
): DatabaseProof {
  let provenUntilMs = 0;

  return {
    async isProven() {
      if (performance.now() < provenUntilMs) return true;
      const { rows } = await sql<{ proven: boolean }>`
        select exists (select 1 from proven_database where incarnation = ${incarnation}) as proven`.execute(
        db,
      );
      if (!rows[0]?.proven) {
        options.onUnproven();
        return false;
      }
      provenUntilMs = performance.now() + rememberMs;
      return true;
    },
    async incarnation() {
      const { rows } = await sql<{ is: string }>`select ${incarnation} as is`.execute(db);
      return rows[0]?.is ?? "";
    },
    async prove(proven) {
      await sql`
        insert into proven_database (incarnation) values (${proven})
        on conflict (only_row) do update set incarnation = excluded.incarnation
        where proven_database.incarnation <> excluded.incarnation`.execute(db);
    },
    async keepUnclaimed(transactions) {
      const kept = transactions.filter(({ orderId }) => ours.test(orderId));
      if (kept.length === 0) return;
      const rows = kept.map(unclaimedRow);
      const { rows: news } = await sql<{ order_id: string }>`
        insert into unclaimed_money (transaction_key, order_id, payment_key, amount_krw)
        select transaction_key, order_id, payment_key, amount_krw
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as t(transaction_key text, order_id uuid, payment_key text, amount_krw bigint)
        on conflict do nothing returning order_id`.execute(db);
      const orderIds = [...new Set(news.map(({ order_id }) => order_id))];
      if (orderIds.length > 0)
        options.log.error(
          { orderIds: orderIds.slice(0, 20), count: orderIds.length },
          "Toss lists money of orders that are not here: bun run reconcile lists it",
        );
    },
    async hasUnclaimed(orderId) {
      if (!isUuid(orderId)) return false;
      const { rows } = await sql<{ has: boolean }>`
        select exists (select 1 from unclaimed_money where order_id = ${orderId}) as has`.execute(
        db,
      );
      return rows[0]?.has ?? false;
    },
  };
}

function unclaimedRow(transaction: Transaction) {
  const { transactionKey, orderId, paymentKey, kind, amount } = transaction;
  return {
    transaction_key: transactionKey,
    order_id: orderId,
    payment_key: paymentKey,
    amount_krw: kind === "approval" ? amount : kind === "cancel" ? -amount : 0,
  };
}

/**
 * Changes with every start of the server, every failover (its timeline) and every database that was put in this one's
 * place (its number), whatever way it came there.
 */
const incarnation = sql<string>`
  (select concat_ws('/', pg_postmaster_start_time(), left(pg_walfile_name(pg_current_wal_lsn()), 8), oid)
   from pg_database where datname = current_database())`;

/** Keeps for an operator what could not be rebuilt, until it was. */
export async function noteRecovery(
  db: Kysely<never>,
  { orderId, doubt, isHealed }: Parameters<PaymentDeps["onRecovery"]>[0],
): Promise<void> {
  await (
    isHealed
      ? sql`delete from unrecovered where order_id = ${orderId}`
      : sql`insert into unrecovered (order_id, doubt) values (${orderId}, ${doubt})
        on conflict (order_id) do update set doubt = excluded.doubt`
  ).execute(db);
}
