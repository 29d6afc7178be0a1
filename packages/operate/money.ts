import { sql } from "kysely";
import { unclear, type CommandSpec, type ReadWords } from "@payflow/local-stack";
import type { Places } from "./places.ts";

const usage = `bun run money [--month YYYY-MM] [--csv]

Shows what came and what went back on each day of a month (the present one without --month), from
payment's ledger, in Korean time. --csv writes each movement instead, for a spreadsheet:
bun run --silent money --month 2026-11 --csv > 2026-11.csv`;

export const moneyCommand: CommandSpec = {
  usage,
  wordsMax: 0,
  options: { month: { type: "string" }, csv: { type: "boolean" } },
};

type Row = Record<string, unknown>;

function firstDayOf(month: string | undefined): string {
  const koreanNow = new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 7);
  const wanted = month ?? koreanNow;
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(wanted))
    throw unclear(`"${wanted}" is not a month: write it as 2026-11`, usage);
  return `${wanted}-01`;
}

/** From where it begins in Korea to where the next one does. */
const inMonth = (firstDay: string) => sql`
  occurred_at >= ${firstDay}::timestamp at time zone 'Asia/Seoul'
  and occurred_at < (${firstDay}::timestamp + interval '1 month') at time zone 'Asia/Seoul'`;

/** What came and went on each day with a movement, and in all. @throws UsageError for what is no month */
export function moneyByDay({ values }: ReadWords): (places: Places) => Promise<readonly Row[]> {
  const firstDay = firstDayOf(values["month"]);
  return async ({ databases }) => {
    const { rows } = await sql<Row>`
      select coalesce(to_char(day, 'YYYY-MM-DD'), 'in all') as day, count(*) filter (where kind = 'capture') as payments,
        ${won("kind = 'capture'")} as came, ${won("kind = 'refund'")} as refunded,
        ${won("kind in ('return', 'deposit_reversal', 'correction')")} as "not kept",
        ${won("true")} as net
      from (select *, date_trunc('day', occurred_at at time zone 'Asia/Seoul') as day
        from ledger_entries where ${inMonth(firstDay)}) e
      group by rollup (day) having count(*) > 0 order by e.day nulls last`.execute(
      databases.payment,
    );
    return rows;
  };
}

const won = (condition: string) =>
  sql`to_char(coalesce(sum(amount_krw) filter (where ${sql.raw(condition)}), 0), 'FM999,999,999,999,990')`;

type Movement = {
  readonly at: string;
  readonly orderId: string;
  readonly version: number;
  readonly position: number;
  readonly cells: readonly (string | number | null)[];
};

const pageMax = 2_000;
const heads =
  "일시,주문번호,구분,금액,결제수단,카드 발급사,카드번호,할부,승인번호,거래키,결제키,영수증";

/**
 * Each movement of a month as lines of CSV, page by page: UTF-8 with the mark by which Excel knows it, and no text that a
 * spreadsheet takes for a formula. @throws UsageError for what is no month
 */
export function moneyAsCsv({ values }: ReadWords): (places: Places) => AsyncIterable<string> {
  const firstDay = firstDayOf(values["month"]);
  return async function* ({ databases }) {
    yield `\uFEFF${heads}\r\n`;
    let after: Movement | undefined;
    do {
      const behind = after
        ? sql`(occurred_at, order_id, version, position)
            > (${after.at}::timestamptz, ${after.orderId}::uuid, ${after.version}::integer, ${after.position}::bigint)`
        : sql`true`;
      const { rows } = await sql<Movement>`
        select occurred_at::text as at, order_id as "orderId", version, position, json_build_array(
          to_char(occurred_at at time zone 'Asia/Seoul', 'YYYY-MM-DD HH24:MI:SS'), order_id,
          case kind when 'capture' then '결제' when 'refund' then '환불' when 'return' then '반환'
            when 'deposit_reversal' then '입금 취소' else '정정' end,
          amount_krw, method, card->>'issuer', card->>'number',
          card->'installmentMonths', card->>'approvalNumber', transaction_key, payment_key, receipt_url) as cells
        from ledger_entries where ${inMonth(firstDay)} and ${behind}
        order by occurred_at, order_id, version, position limit ${pageMax}`.execute(
        databases.payment,
      );
      if (rows.length > 0) yield rows.map(({ cells }) => `${csvLine(cells)}\r\n`).join("");
      after = rows.length < pageMax ? undefined : rows.at(-1);
    } while (after !== undefined);
  };
}

/** A line of CSV (RFC 4180); a text that begins like a formula gets an apostrophe before it. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return cells
    .map((cell) => {
      if (cell === null || typeof cell === "number") return String(cell ?? "");
      const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",");
}
