import { sql, type Kysely } from "kysely";
import type { Reconciliations } from "../application/ports.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import { ledgerFields } from "./postgres_payments.ts";

/** Yesterday is compared from this hour on, in Korea: by then Toss lists all of it. */
const fromHour = 4;
/** Far longer than Toss takes to list a day; then another replica tries. */
const holdMs = 5 * 60_000;

export function postgresReconciliations(db: Kysely<never>): Reconciliations {
  return {
    async claim() {
      await sql`
        insert into reconciliations (day) select (now() at time zone 'Asia/Seoul')::date - 1
        where extract(hour from now() at time zone 'Asia/Seoul') >= ${fromHour}::integer
        on conflict do nothing`.execute(db);
      const { rows } = await sql<{ day: string; from: string; to: string }>`
        update reconciliations set claimed_until = now() + make_interval(secs => ${holdMs / 1000})
        where day = (select day from reconciliations
          where finished_at is null and (claimed_until is null or claimed_until < now())
          order by day limit 1 for update skip locked)
        returning day::text, day::timestamp at time zone 'Asia/Seoul' as "from",
          (day + 1)::timestamp at time zone 'Asia/Seoul' - interval '1 millisecond' as "to"`.execute(
        db,
      );
      return rows[0];
    },
    async booked({ from, to }, paymentKeys) {
      const { rows } = await sql<LedgerEntry>`
        select ${entry} from ledger_entries
        where occurred_at >= ${from}::timestamptz and occurred_at <= ${to}::timestamptz
        union all
        select ${entry} from unnest(${paymentKeys}::text[]) as k(key) cross join lateral (
          select * from ledger_entries where payment_key = k.key
            and not (occurred_at >= ${from}::timestamptz and occurred_at <= ${to}::timestamptz)) l
        order by "occurredAt"`.execute(db);
      return rows;
    },
    async finish(day, { matched, exceptions }) {
      const found = exceptions.map(({ transactionKey, ...one }) => ({
        ...one,
        transactionKey: transactionKey ?? "",
      }));
      await sql`
        with found as (
          select * from jsonb_to_recordset(${JSON.stringify(found)}::text::jsonb) as f(kind text, "orderId" uuid,
            "paymentKey" text, "transactionKey" text, "listedAmount" bigint, "bookedAmount" bigint)
        ), kept as (
          insert into reconciliation_exceptions as e
            (day, kind, order_id, payment_key, transaction_key, listed_krw, booked_krw)
          select ${day}::date, kind, "orderId", "paymentKey", "transactionKey", "listedAmount", "bookedAmount" from found
          on conflict (day, payment_key, transaction_key, kind) do update set
            listed_krw = excluded.listed_krw, booked_krw = excluded.booked_krw,
            resolved_at = case when e.reason is null then null else e.resolved_at end
        ), gone as (
          update reconciliation_exceptions e set resolved_at = now()
          where day = ${day}::date and resolved_at is null and not exists (
            select from found f where f."paymentKey" = e.payment_key
              and f."transactionKey" = e.transaction_key and f.kind = e.kind)
        )
        update reconciliations set finished_at = now(), claimed_until = null, matched = ${matched}::integer
        where day = ${day}::date`.execute(db);
    },
  };
}

const entry = sql.join(
  Object.entries(ledgerFields).map(
    ([field, [column]]) => sql`${sql.ref(column)} as ${sql.ref(field)}`,
  ),
);
