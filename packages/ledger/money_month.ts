// Money by day and by movement, in Korean time, from the ledger only.
import { sql, type Kysely } from "kysely";
import type {
  InternalBody,
  MoneyDay,
  MoneyMonth,
  MoneyTotals,
  Movement,
} from "@payflow/back-office";

/** The condition for times within a month in Korea. */
const inMonth = (month: string, column: "occurred_at" | "recorded_at") => {
  const firstDay = sql`${`${month}-01`}::timestamp`;
  const time = sql.ref(column);
  return sql`${time} >= ${firstDay} at time zone 'Asia/Seoul'
    and ${time} < (${firstDay} + interval '1 month') at time zone 'Asia/Seoul'`;
};

/**
 * Each day of a month (YYYY-MM) that had a movement or differs from the provider's list, the month's totals and its
 * declines.
 */
export async function readMoneyMonth(db: Kysely<never>, month: string): Promise<MoneyMonth> {
  const { rows: days } = await sql<MoneyDay>`
    with by_method as materialized (
      select (occurred_at at time zone 'Asia/Seoul')::date as day, method,
        ${sumOf("kind = 'capture'")} as captured, ${sumOf("kind = 'refund'")} as refunded,
        ${sumOf("kind in ('return', 'deposit_reversal', 'correction')")} as returned,
        count(*) filter (where kind = 'capture') as captures
      from ledger_entries where ${inMonth(month, "occurred_at")} group by 1, 2
    ), by_day as (
      select day, sum(captured)::bigint as captured, sum(refunded)::bigint as refunded,
        sum(returned)::bigint as returned, sum(captures)::bigint as captures,
        json_agg(json_build_object('method', coalesce(method, ''), 'captured', captured)
          order by captured desc, method) filter (where captures > 0) as methods
      from by_method group by day
    ), compared as (
      select day, finished_at is null as is_pending, (select count(*) from reconciliation_exceptions e
        where e.day = r.day and resolved_at is null) as differences
      from reconciliations r where day >= ${`${month}-01`}::date
        and day < (${`${month}-01`}::date + interval '1 month')
    )
    select day::text, coalesce(captured, 0) as captured, coalesce(refunded, 0) as refunded,
      coalesce(returned, 0) as returned, coalesce(captured + refunded + returned, 0) as net,
      coalesce(captures, 0) as captures, coalesce(methods, '[]') as "byMethod",
      coalesce(differences, 0) as differences,
      case when is_pending is null then 'none' when is_pending then 'pending'
        when differences > 0 then 'differs' else 'matched' end as reconciliation
    from by_day full join compared using (day)
    where captures is not null or differences > 0 order by day`.execute(db);
  return { month, days, totals: totalsOf(days), declines: await readDeclines(db, { month, days }) };
}

const sumOf = (condition: string) =>
  sql`coalesce(sum(amount_krw) filter (where ${sql.raw(condition)}), 0)::bigint`;

function totalsOf(days: readonly MoneyTotals[]): MoneyTotals {
  const sum = (field: keyof MoneyTotals) => days.reduce((total, day) => total + day[field], 0);
  return {
    captured: sum("captured"),
    refunded: sum("refunded"),
    returned: sum("returned"),
    net: sum("net"),
    captures: sum("captures"),
  };
}

const reasonsMax = 10;

/** The index on history contains only changes with a decline, so a paid order adds nothing to it. */
async function readDeclines(
  db: Kysely<never>,
  { month, days }: Pick<MoneyMonth, "month" | "days">,
): Promise<MoneyMonth["declines"]> {
  const { rows } = await sql<{ code: string; count: number }>`
    select coalesce(e->'reason'->>'code', '') as code, count(*) as count
    from history h, jsonb_array_elements(h.detail->'entries') e
    where h.detail @> '{"entries": [{"kind": "declined"}]}' and ${inMonth(month, "recorded_at")}
      and e->>'kind' = 'declined'
    group by 1 order by 2 desc, 1`.execute(db);
  const declined = rows.reduce((sum, { count }) => sum + count, 0);
  const tries = declined + days.reduce((sum, { captures }) => sum + captures, 0);
  return { tries, declined, reasons: rows.slice(0, reasonsMax) };
}

const pageMax = 2_000;

/** A page of a month's movements, oldest first. `after`: the `next` of the previous page; null after the last page. */
export async function readMovements(
  db: Kysely<never>,
  { month, after }: InternalBody<"movements">,
): Promise<{ readonly rows: readonly Movement[]; readonly next: string | null }> {
  const [at, orderId, version, position] = after?.split(" ") ?? [];
  const behind =
    after === undefined
      ? sql`true`
      : sql`(occurred_at, order_id, version, position)
          > (${at}::timestamptz, ${orderId}::uuid, ${version}::integer, ${position}::bigint)`;
  const { rows } = await sql<Movement & { readonly place: string }>`
    select occurred_at as "occurredAt", order_id as "orderId", kind, amount_krw as amount,
      amount_krw - vat_krw - coalesce(tax_free_krw, 0) as "supplyValue", vat_krw as vat, tax_free_krw as "taxFree", method, card->>'issuer' as "cardIssuer",
      card->>'number' as "cardNumber", (card->>'installmentMonths')::integer as "installmentMonths",
      card->>'approvalNumber' as "approvalNumber", transaction_key as "transactionKey", payment_key as "paymentKey",
      receipt_url as "receiptUrl", concat_ws(' ', to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        order_id, version, position) as place
    from ledger_entries where ${inMonth(month, "occurred_at")} and ${behind}
    order by occurred_at, order_id, version, position limit ${pageMax}`.execute(db);
  const next = rows.length < pageMax ? null : (rows.at(-1)?.place ?? null);
  return { rows: rows.map(({ place: _, ...row }) => row), next };
}

/** All movements of a month, one page in memory at a time. */
export async function* listMovements(
  db: Kysely<never>,
  month: string,
): AsyncIterable<readonly Movement[]> {
  let after: string | null | undefined;
  while (after !== null) {
    const { rows, next } = await readMovements(db, { month, after });
    yield rows;
    after = next;
  }
}
