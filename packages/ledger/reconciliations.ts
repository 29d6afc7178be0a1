import { sql, type Kysely } from "kysely";
import type { Comparison } from "./compare_day.ts";
import { entryColumns } from "./entries.ts";
import type { LedgerEntry, Span } from "./movements.ts";

/** A day is compared automatically this long after its end in Korea. */
const afterHours = 4;
/** Days that were missed while no service ran are compared later, as far back as this. */
const backDays = 31;
/** Longer than a large day takes; after this another replica tries. */
const holdMs = 15 * 60_000;

/** A day in Korea; `claim` identifies this comparison of it. */
type DueDay = Span & { readonly day: string; readonly claim: string };

/** The days to compare, and their results. */
export function reconciliations(db: Kysely<never>) {
  return {
    /**
     * Claims the oldest day that is requested, or has ended since its comparison. A day that differs is due again after
     * an hour, and an old one after a 24th of its age; otherwise old days would query the provider every hour.
     */
    async claim(): Promise<DueDay | undefined> {
      await sql`
        insert into reconciliations (day)
        select generate_series(greatest(newest - ${backDays}::integer,
          coalesce((select min(day) from reconciliations), newest)), newest, interval '1 day')::date
        from (select (now() at time zone 'Asia/Seoul' - make_interval(hours => ${afterHours}))::date - 1 as newest) n
        on conflict do nothing`.execute(db);
      const { rows } = await sql<DueDay>`
        update reconciliations set claimed_until = clock_timestamp() + make_interval(secs => ${holdMs / 1000})
        where day = (
          select day from reconciliations r cross join lateral (
            select (day + 1)::timestamp at time zone 'Asia/Seoul' + make_interval(hours => ${afterHours}) as whole) w
          where (claimed_until is null or claimed_until < now()) and (finished_at is null
            or (finished_at < whole and now() >= whole)
            or (finished_at < now() - greatest(interval '1 hour', (now() - whole) / 24) and exists (
              select from reconciliation_exceptions e where e.day = r.day and resolved_at is null)))
          order by day limit 1 for update of r skip locked)
        returning day::text, claimed_until::text as claim, day::timestamp at time zone 'Asia/Seoul' as "from",
          (day + 1)::timestamp at time zone 'Asia/Seoul' - interval '1 millisecond' as "to"`.execute(
        db,
      );
      return rows[0];
    },
    /** All entries, of any day, of these paymentKeys and of those booked in the span; oldest first. */
    async booked({ from, to }: Span, keys: readonly string[]): Promise<readonly LedgerEntry[]> {
      const { rows } = await sql<LedgerEntry>`
        with keys as materialized (
          select unnest(${keys}::text[]) as key
          union
          select payment_key from ledger_entries
          where occurred_at >= ${from}::timestamptz and occurred_at <= ${to}::timestamptz)
        select ${entryColumns} from keys k cross join lateral (
          select * from ledger_entries where payment_key = k.key) l
        order by occurred_at, version, position`.execute(db);
      return rows;
    },
    /**
     * Stores the result, unless the day was claimed or requested again. An exception that is no longer found is
     * resolved; one that somebody resolved stays so while it is the same. Returns how many are open.
     */
    async finish({ day, claim }: DueDay, { matched, exceptions }: Comparison): Promise<number> {
      await sql`
        with run as (
          update reconciliations set finished_at = now(), claimed_until = null, matched = ${matched}::integer
          where day = ${day}::date and claimed_until = ${claim}::text::timestamptz returning day
        ), found as (
          select kind, "orderId", "paymentKey", "transactionKey", sum(listed) as listed, sum(booked) as booked
          from run, jsonb_to_recordset(${JSON.stringify(exceptions)}::text::jsonb) as f(kind text, "orderId" uuid,
            "paymentKey" text, "transactionKey" text, listed numeric, booked numeric)
          group by 1, 2, 3, 4
        ), kept as (
          insert into reconciliation_exceptions as e
            (day, kind, order_id, payment_key, transaction_key, listed_krw, booked_krw)
          select ${day}::date, kind, "orderId", "paymentKey", "transactionKey", listed, booked from found
          on conflict (day, payment_key, transaction_key, kind) do update set
            listed_krw = excluded.listed_krw, booked_krw = excluded.booked_krw,
            resolved_at = case when e.reason is not null and e.listed_krw is not distinct from excluded.listed_krw
              and e.booked_krw is not distinct from excluded.booked_krw then e.resolved_at end
        )
        update reconciliation_exceptions e set resolved_at = now()
        from run where e.day = run.day and resolved_at is null and not exists (
          select from found f where f."paymentKey" = e.payment_key
            and f."transactionKey" = e.transaction_key and f.kind = e.kind)`.execute(db);
      const { rows } = await sql<{ open: number }>`
        select count(*)::integer as open from reconciliation_exceptions
        where day = ${day}::date and resolved_at is null`.execute(db);
      return rows[0]?.open ?? 0;
    },
  };
}
