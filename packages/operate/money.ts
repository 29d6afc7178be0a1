import { sql } from "kysely";
import { listed, UsageError } from "@payflow/local-stack";
import { withPlaces, type Places } from "./places.ts";

type Row = Record<string, unknown>;

function firstDayOf(month: string | undefined): string {
  const koreanNow = new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 7);
  const wanted = month ?? koreanNow;
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(wanted))
    throw new UsageError(`"${wanted}" is not a month: write it as 2026-11`);
  return `${wanted}-01`;
}

/** From where it begins in Korea to where the next one does. */
const inMonth = (firstDay: string) => sql`
  occurred_at >= ${firstDay}::timestamp at time zone 'Asia/Seoul'
  and occurred_at < (${firstDay}::timestamp + interval '1 month') at time zone 'Asia/Seoul'`;

/** What came and went on each day of a month with a movement, and in all. */
export const moneyDays = withPlaces(async ({ values }, places) => {
  const firstDay = firstDayOf(values["month"]);
  const { rows } = await sql<Row>`
    select coalesce(to_char(day, 'YYYY-MM-DD'), 'all') as day,
      (count(*) filter (where kind = 'capture'))::integer as payments,
      ${won("kind = 'capture'")} as captured, ${won("kind = 'refund'")} as refunded,
      ${won("kind in ('return', 'deposit_reversal', 'correction')")} as "notKept",
      ${won("true")} as net
    from (select *, date_trunc('day', occurred_at at time zone 'Asia/Seoul') as day
      from ledger_entries where ${inMonth(firstDay)}) e
    group by rollup (day) having count(*) > 0 order by e.day nulls last`.execute(
    places.databases.payment,
  );
  return listed(rows, "Nothing moved in this month.");
});

// sums of won are far below 2^53
const won = (condition: string) =>
  sql`coalesce(sum(amount_krw) filter (where ${sql.raw(condition)}), 0)::double precision`;

/** Each movement of a month: as rows, or streamed as CSV. */
export const moneyMonth = withPlaces(async ({ values, flags }, places, io) => {
  const firstDay = firstDayOf(values["month"]);
  if (flags["csv"]) {
    await io.print(`\uFEFF${csvLine(Object.values(heads))}\r\n`);
    for await (const page of movements(places, firstDay))
      await io.print(page.map((cells) => `${csvLine(csvCells(cells))}\r\n`).join(""));
    return;
  }
  const rows: Row[] = [];
  for await (const page of movements(places, firstDay))
    for (const { at: _, ...row } of page) rows.push(row);
  return listed(rows, "Nothing moved in this month.");
});

const pageMax = 2_000;

/** The columns of the CSV, for the accounts of a Korean shop. */
const heads = {
  at: "일시",
  orderId: "주문번호",
  kind: "구분",
  amount: "금액",
  method: "결제수단",
  cardIssuer: "카드 발급사",
  cardNumber: "카드번호",
  installmentMonths: "할부",
  approvalNumber: "승인번호",
  transactionKey: "거래키",
  paymentKey: "결제키",
  receiptUrl: "영수증",
};
const kinds: Readonly<Record<string, string>> = {
  capture: "결제",
  refund: "환불",
  return: "반환",
  deposit_reversal: "입금 취소",
};

type Movement = Readonly<Record<keyof typeof heads | "occurredAt", string | number | null>>;
type MovementRow = Movement & { readonly version: number; readonly position: string };

const csvCells = (movement: Movement) =>
  Object.keys(heads).map((name) => {
    const cell = movement[name as keyof typeof heads];
    return name === "kind" ? (kinds[String(cell)] ?? "정정") : cell;
  });

async function* movements({ databases }: Places, firstDay: string): AsyncIterable<Movement[]> {
  let after: MovementRow | undefined;
  do {
    const behind = after
      ? sql`(occurred_at, order_id, version, position)
          > (${after.occurredAt}::timestamptz, ${after.orderId}::uuid, ${after.version}::integer, ${after.position}::bigint)`
      : sql`true`;
    const { rows } = await sql<MovementRow>`
      select to_char(occurred_at at time zone 'Asia/Seoul', 'YYYY-MM-DD HH24:MI:SS') as at,
        occurred_at::text as "occurredAt", order_id as "orderId", kind, amount_krw::double precision as amount, method,
        card->>'issuer' as "cardIssuer", card->>'number' as "cardNumber",
        (card->>'installmentMonths')::integer as "installmentMonths", card->>'approvalNumber' as "approvalNumber",
        transaction_key as "transactionKey", payment_key as "paymentKey", receipt_url as "receiptUrl", version,
        position::text as position
      from ledger_entries where ${inMonth(firstDay)} and ${behind}
      order by occurred_at, order_id, ledger_entries.version, ledger_entries.position limit ${pageMax}`.execute(
      databases.payment,
    );
    yield rows.map(({ version: _, position: __, occurredAt, ...row }) => ({
      ...row,
      occurredAt: new Date(String(occurredAt)).toISOString(),
    }));
    after = rows.length < pageMax ? undefined : rows.at(-1);
  } while (after !== undefined);
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
