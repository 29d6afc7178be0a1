// Searches read a bounded number of rows, for every selection and table size, even by plans that were made while the
// table was empty. ORDERS=1000000 makes the table larger, and prints how long each search takes.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { neverAnalyze, tuplesRead } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import type { OrderSelection, OrderTerm } from "@payflow/back-office";
import { orderMigrations } from "./migrations.ts";
import { postgresOrderSearch } from "./postgres_order_search.ts";

setDefaultTimeout(600_000);

const count = Number(process.env["ORDERS"] ?? 60_000);
/** The time of the first order; each further order is a second later. */
const startMs = Date.parse("2026-01-01T00:00:00+09:00");
const limit = 50;

let database: TestDatabase;
let opened: Database;

const search = () => postgresOrderSearch(opened.kysely);
const idOf = (n: number) => {
  const time = (startMs + n * 1_000).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(n).padStart(12, "0")}`;
};
const numbersOf = (rows: readonly { readonly orderId: string }[]) =>
  rows.map(({ orderId }) => Number(orderId.slice(-12)));

/** Inserts orders with common and rare values; order 7777 has unique ones. */
const fill = () =>
  sql`
  insert into orders (id, order_number, merchant_reference, version, status, order_name, amount_krw, currency, items, customer_name, customer_email,
    refunded_amount_krw, payment, created_at, expires_at)
  select (lpad(to_hex(${startMs}::bigint + n * 1000), 12, '0') || '70008000' || to_char(n, 'FM000000000000'))::uuid, '0101-' || n, case when n % 3 = 0 then 'cart ' || n end, 1, s.status,
    'Test', case when n = 7777 then 137450 when n % 10 = 3 then 39000 else 1000 end, 'KRW', '[]',
    case when n = 7777 then '제갈공명' when n % 5 = 0 then '김민수' else '이름' || n end,
    case when n = 7777 then 'Only@Example.com' else 'kim' || n || '@example.com' end, 0,
    case when s.status <> 'PENDING' then jsonb_build_object('method', case
      when s.status in ('EXPIRED', 'CANCELED') then null when n % 500 = 7 then '휴대폰'
      when n % 10 = 5 then '가상계좌' else '카드' end) end,
    to_timestamp((${startMs}::bigint + n * 1000) / 1000.0), now()
  from generate_series(0, ${count - 1}::integer) n, lateral (select case
    when n >= ${count - 200} or n % 900 = 1 then 'PENDING' when n % 1000 = 5 then 'PARTIALLY_REFUNDED' when n % 1000 = 2 then 'AWAITING_DEPOSIT'
    when n % 10 = 4 then 'EXPIRED' when n % 20 = 6 then 'REFUNDED' when n % 50 = 8 then 'CANCELED' else 'CONFIRMED' end as status) s`.execute(
    opened.kysely,
  );

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  // one connection: it caches the plans, and its statistics count the rows
  opened = openDatabase({
    url: database.url,
    applicationName: "order-search-test",
    poolMax: 1,
    statementTimeoutMs: 600_000,
    connectionLifeMs: 3_600_000,
  });
  await neverAnalyze(opened.kysely, ["orders"]);
  for (const selection of Object.values(selections)) {
    await search().searchOrders(selection, { limit });
    await search().sumOrders(selection);
  }
  await fill();
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const day = 24 * 60 * 60_000;
const oneDay = { since: startMs + day / 2, until: startMs + day };
const all: OrderSelection = {};
const selections: Record<string, OrderSelection> = {
  all,
  oneDay,
  status: { status: "REFUNDED" },
  method: { method: "카드" },
  rareMethod: { method: "휴대폰" },
  bothNever: { method: "휴대폰", status: "PARTIALLY_REFUNDED" },
  id: { anyOf: [{ kind: "ids", from: idOf(500), to: idOf(500) }] },
  idStart: { anyOf: [{ kind: "ids", from: idOf(0), to: idOf(60_000) }] },
  email: { anyOf: [{ kind: "email", text: "only@example.COM" }] },
  emailStart: { anyOf: [{ kind: "emailStart", text: "only@" }] },
  everyEmail: { anyOf: [{ kind: "emailStart", text: "KIM" }] },
  everyEmailRare: { anyOf: [{ kind: "emailStart", text: "kim" }], method: "휴대폰" },
  everyEmailNever: {
    anyOf: [{ kind: "emailStart", text: "kim" }],
    method: "휴대폰",
    status: "PARTIALLY_REFUNDED",
  },
  name: { anyOf: [{ kind: "nameStart", text: "제갈" }] },
  commonName: { anyOf: [{ kind: "nameStart", text: "김" }] },
  commonNameNever: {
    anyOf: [{ kind: "nameStart", text: "김" }],
    status: "REFUNDED",
    method: "계좌이체",
  },
  amount: { anyOf: [{ kind: "amount", amount: 137_450 }] },
  commonAmount: { anyOf: [{ kind: "amount", amount: 1_000 }] },
  commonAmountRare: { anyOf: [{ kind: "amount", amount: 39_000 }], status: "PARTIALLY_REFUNDED" },
  orders: { anyOf: [{ kind: "orders", orderIds: [idOf(3), idOf(40)] }] },
  any: {
    anyOf: [
      { kind: "emailStart", text: "only" },
      { kind: "nameStart", text: "제갈공명" },
      { kind: "amount", amount: 39_000 },
      { kind: "orders", orderIds: [idOf(3)] },
    ],
    ...oneDay,
  },
  number: { anyOf: [{ kind: "number", text: "0101-40" }] },
  reference: { anyOf: [{ kind: "reference", text: "cart 42" }] },
  together: {
    anyOf: [{ kind: "reference", text: "cart 7776" }],
    allOf: [{ kind: "email", text: "kim7776@example.com" }],
    ...oneDay,
  },
  emailAndNumber: {
    anyOf: [{ kind: "email", text: "kim40@example.com" }],
    allOf: [{ kind: "number", text: "0101-41" }],
  },
  nothing: { anyOf: [] },
};

/** Three covers: prefixes are counted up to 10,000 rows, then 5,000 (list) or 20,000 (sum) rows per source are read. */
const readMax = { list: 20_000, sum: 55_000 };

test.each(Object.keys(selections))(
  "a search for %s reads a bounded number of rows",
  async (name) => {
    const selection = selections[name] as OrderSelection;
    const times: number[] = [];
    const timed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      const read = await tuplesRead(opened.kysely, work);
      times.push(Math.round(performance.now() - began), read);
      return read;
    };
    expect(await timed(() => search().searchOrders(selection, { limit }))).toBeLessThan(
      readMax.list,
    );
    expect(await timed(() => search().sumOrders(selection))).toBeLessThan(readMax.sum);
    if (process.env["ORDERS"]) console.log(name, times);
  },
);

type Known = Record<
  "id" | "number" | "reference" | "status" | "name" | "email" | "method",
  string
> & {
  amount: number;
};

/** A second implementation of a selection, in JavaScript. */
function isSelected(row: Known, selection: OrderSelection): boolean {
  const { status, method, since, until, anyOf, allOf = [] } = selection;
  const placedMs = Number.parseInt(row.id.slice(0, 13).replace("-", ""), 16);
  return (
    (status === undefined || row.status === status) &&
    (method === undefined || row.method === method) &&
    placedMs >= (since ?? 0) &&
    placedMs < (until ?? Infinity) &&
    (anyOf === undefined || anyOf.some((term) => isTerm(row, term))) &&
    allOf.every((term) => isTerm(row, term))
  );
}

function isTerm(row: Known, term: OrderTerm): boolean {
  switch (term.kind) {
    case "ids":
      return row.id >= term.from && row.id <= term.to;
    case "number":
      return row.number === term.text;
    case "orders":
      return term.orderIds.includes(row.id);
    case "email":
      return row.email.toLowerCase() === term.text.toLowerCase();
    case "emailStart":
      return row.email.toLowerCase().startsWith(term.text.toLowerCase());
    case "nameStart":
      return row.name.startsWith(term.text);
    case "amount":
      return row.amount === term.amount;
    case "reference":
      return row.reference === term.text;
  }
}

test("pages, sums and exports have exactly the selected orders", async () => {
  const { rows: known } = await sql<Known>`
    select id, order_number as number, merchant_reference as reference, status, customer_name as name, customer_email as email, payment->>'method' as method, amount_krw as amount
    from orders order by id`.execute(opened.kysely);
  expect(known).toHaveLength(count);
  for (const [name, selection] of Object.entries(selections)) {
    const selected = known.filter((row) => isSelected(row, selection));
    const expected = selected.map(({ id }) => Number(id.slice(-12)));
    const paged: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await search().searchOrders(selection, { cursor, limit: 2_000 });
      paged.push(...numbersOf(page.rows));
      cursor = page.next;
    }
    expect([name, paged]).toEqual([name, expected.toReversed()]);
    const exported: number[] = [];
    for await (const page of search().exportAll(selection)) exported.push(...numbersOf(page));
    expect([name, exported]).toEqual([name, expected]);
    const sums = await search().sumOrders(selection);
    const amount = selected.reduce((sum, row) => sum + row.amount, 0);
    const { isMore } = sums;
    if (isMore) expect([name, sums.count <= selected.length]).toEqual([name, true]);
    else
      expect([name, sums]).toEqual([
        name,
        { count: expected.length, amount, refundedAmount: 0, isMore },
      ]);
    expect([name, isMore || expected.length <= 10_000]).toEqual([name, true]);
  }
});
