// Whether this database is complete. The proof is to read Toss's list to its end, once in every run of the database
// server.
import type { Transaction } from "@payflow/ledger/movements";
import { isUuid } from "@payflow/database";
import type { Logger } from "@payflow/shared/http";
import { sql, type Kysely } from "kysely";
import type { DatabaseProof } from "../application/ports.ts";
import { isOurs } from "../domain/transactions.ts";

/** How long a proof is cached. A failover or a restart of the server takes longer. */
const rememberMs = 500;
/** A response of the PSP may be stale. So only a second one, this much later, proves that it lacks a payment. */
const secondCheckSeconds = 10;

export function databaseProof(
  db: Kysely<never>,
  { log, onUnproven }: { readonly log: Logger; readonly onUnproven: () => void },
): DatabaseProof {
  let provenUntilMs = 0;

  return {
    async isProven() {
      if (performance.now() < provenUntilMs) return true;
      const { rows } = await sql`
        select incarnation from proven_database where incarnation = ${incarnation}`.execute(db);
      const isProven = rows.length > 0;
      if (isProven) provenUntilMs = performance.now() + rememberMs;
      else onUnproven();
      return isProven;
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
      const kept = transactions.filter(isOurs);
      if (kept.length === 0) return;
      // other currencies have decimals
      const inWon = ({ amount, currency }: Transaction) => (currency === "KRW" ? amount : 0);
      const listed = JSON.stringify(kept.map((one) => ({ ...one, amount: inWon(one) })));
      const { rows } = await sql<{ order_id: string }>`
        insert into unclaimed_money (transaction_key, order_id, payment_key, amount_krw)
        select key, order_id, payment_key, amount * case when kind = 'approval' then 1 when kind = 'cancel'
          -- an account that waits after a deposit, which the bank took back
          or coalesce(min(n) filter (where kind = 'approval') over (partition by payment_key) < n, exists (
            select from unclaimed_money u
            where u.order_id = t.order_id and u.payment_key = t.payment_key and u.amount_krw > 0)) then -1 else 0 end
        from rows from (jsonb_to_recordset(${listed}::text::jsonb) as
            ("transactionKey" text, "orderId" uuid, "paymentKey" text, kind text, amount bigint))
          with ordinality as t(key, order_id, payment_key, kind, amount, n)
        on conflict do nothing returning order_id`.execute(db);
      const orderIds = [...new Set(rows.map(({ order_id }) => order_id))];
      if (orderIds.length > 0)
        log.error(
          { orderIds: orderIds.slice(0, 20), count: orderIds.length },
          "Toss lists money of orders without a payment here: bun run reconcile lists it",
        );
    },
    async hasUnclaimed(orderId) {
      if (!isUuid(orderId)) return false;
      const { rows } = await sql`
        select order_id from unclaimed_money where order_id = ${orderId} limit 1`.execute(db);
      return rows.length > 0;
    },
    onRebuilt(found) {
      log.warn(found, "payment rebuilt from Toss: the database lacked changes");
    },
    async needsReview(found) {
      const { orderId, doubt, had } = found;
      // the lock delays a rebuild
      const { rows } = await sql<{ isSecond: boolean }>`
        insert into unrecovered as was (order_id, version, doubt)
        select ${orderId}, ${had}::integer, ${doubt}
        where coalesce((select version from payments where id = ${orderId} for share), 0) = ${had}::integer
        on conflict (order_id) do update set doubt = excluded.doubt, version = excluded.version,
          found_at = case when was.version = excluded.version then was.found_at else excluded.found_at end
        returning found_at < now() - make_interval(secs => ${secondCheckSeconds}) as "isSecond"`.execute(
        db,
      );
      const isSure = rows[0]?.isSecond ?? false;
      if (isSure) log.error(found, "Toss does not show the payment that order has: manual review");
      return isSure;
    },
  };
}

/**
 * Changes with every start of the server, every failover (the timeline), and every database that replaces this one (the
 * oid).
 */
const incarnation = sql<string>`
  (select concat_ws('/', pg_postmaster_start_time(), left(pg_walfile_name(pg_current_wal_lsn()), 8), oid)
   from pg_database where datname = current_database())`;
