import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { rowsExamined } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { figuresQuery, readFigures } from "@payflow/shared/http";
import { sql } from "kysely";
import { orderMigrations } from "./migrations.ts";
import { dismissOrphan, keepOrphan, orderFigures, readOrderAttention } from "./order_attention.ts";

setDefaultTimeout(600_000);

const figures = orderFigures;
let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  opened = openDatabase({ url: database.url, applicationName: "order-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("readOrderAttention() lists open refund requests and money without an order, with amount and time", async () => {
  const db = opened.kysely;
  const request = { status: "requested", requestedAt: "2026-11-22T01:02:03.456Z" };
  const [requested, lost, returned] = [Bun.randomUUIDv7(), Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  await sql`insert into orders (id, order_number, version, status, order_name, amount_krw, currency, items, customer_name,
      customer_email, refunded_amount_krw, refund_request, created_at, expires_at, changed_at)
    values (${requested}, '1122-AAAA', 1, 'PARTIALLY_REFUNDED', 'x', 5000, 'KRW', '[]'::json, 'x', 'x', 1200,
      ${JSON.stringify(request)}::text::jsonb, now(), now(), now())`.execute(db);
  await sql`insert into orphaned_payments (order_id, payment, found_at)
    values (${lost}, '{"balanceAmount": 700}'::jsonb, '2026-11-23T00:00:00Z'),
      (${returned}, '{"balanceAmount": 0}'::jsonb, now())`.execute(db);
  const items = (await readOrderAttention(db)).filter(({ orderId }) => orderId !== undefined);
  const common = { part: "order", count: 1 } as const;
  const since = { requested: request.requestedAt, lost: "2026-11-23T00:00:00.000Z" };
  expect(items).toEqual([
    {
      ...common,
      kind: "refund_requested",
      orderId: requested,
      amount: 3800,
      since: since.requested,
    },
    { ...common, kind: "payment_without_order", orderId: lost, amount: 700, since: since.lost },
  ]);
  const orphans = async () =>
    (await readOrderAttention(db)).flatMap((one) =>
      one.kind === "payment_without_order" ? one : [],
    );
  // until the payment changes
  expect([await dismissOrphan(db, lost), await dismissOrphan(db, lost)]).toEqual([true, false]);
  expect(await orphans()).toEqual([]);
  await keepOrphan(db, { orderId: lost, balanceAmount: 600 } as never);
  expect(await orphans()).toMatchObject([{ orderId: lost, amount: 600 }]);
  await sql`truncate orders, orphaned_payments`.execute(db);
});

test("a scrape reads as many rows with ten orders as with fifty thousand", async () => {
  const fill = (count: number, piece = 0) =>
    sql`insert into orders (id, order_number, version, status, order_name, amount_krw, currency, items, customer_name, customer_email,
        refunded_amount_krw, created_at, expires_at, changed_at)
      select gen_random_uuid(), ${`${count}-${piece}-`}::text || n, 1, 'PENDING', 'x', 1, 'KRW', '[]'::json, 'x', 'x', 0, now(), now(), now()
      from generate_series(1, ${count}::integer) n`.execute(opened.kysely);
  await fill(10);
  await sql`insert into orphaned_payments (order_id, payment)
    select gen_random_uuid(), '{"balanceAmount": 1}'::jsonb from generate_series(1, 3)`.execute(
    opened.kysely,
  );
  const before = await rowsExamined(figuresQuery(figures), opened.kysely);
  // in batches, because of the statement's time-out
  for (let piece = 0; piece < 10; piece++) await fill(5_000, piece);
  const after = await rowsExamined(figuresQuery(figures), opened.kysely);
  expect(after).toBeLessThanOrEqual(before);
  const [, , , , , needed] = await readFigures(opened.kysely, figures);
  expect(needed).toContainEqual({ kind: "money_without_order", value: 3 });
});
