import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { tuplesRead } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { orderMigrations } from "./migrations.ts";
import { postgresOrderQueries } from "./postgres_order_queries.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  // one connection, because `tuplesRead` counts its reads
  opened = openDatabase({
    url: database.url,
    applicationName: "order-queries-test",
    poolMax: 1,
    statementTimeoutMs: 600_000,
  });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

/** Inserts orders of one status with consecutive ids. */
const fill = (status: string, from: number, count: number, minutesAgo = 10) =>
  sql`
    insert into orders (id, order_number, version, status, order_name, amount_krw, currency, items, customer_name, customer_email,
      refunded_amount_krw, created_at, expires_at)
    select to_char(n, 'FM"00000000-0000-7000-8000-"000000000000')::uuid, n::text, 1, ${status}, 'Test', 1000, 'KRW', '[]', 'Kim', 'kim@example.com', 0,
      now() - make_interval(mins => ${minutesAgo}::integer), now()
    from generate_series(${from}::integer, ${from + count - 1}::integer) n`.execute(opened.kysely);

test("listUnsettled() lists waiting orders page by page, and reads no settled ones", async () => {
  const settled = 100_000;
  await fill("CONFIRMED", 0, settled);
  await fill("PENDING", settled, 2_000);
  await fill("AWAITING_DEPOSIT", settled + 2_000, 200);
  await fill("PENDING", settled + 2_200, 5, 0);
  await sql`vacuum analyze orders`.execute(opened.kysely);
  const { listUnsettled } = postgresOrderQueries(opened.kysely);
  const listed: string[] = [];
  for (let afterId = ""; ; afterId = listed.at(-1) ?? "") {
    const page = { minAgeMs: 60_000, afterId, limit: 200 };
    let orders: Awaited<ReturnType<typeof listUnsettled>> = [];
    const read = async () => (orders = await listUnsettled(page));
    expect(await tuplesRead(opened.kysely, read)).toBeLessThanOrEqual(page.limit + 5);
    listed.push(...orders.map((order) => order.orderId));
    if (orders.length < page.limit) break;
  }
  expect(listed).toEqual(Array.from({ length: 2_200 }, (_, index) => idOf(settled + index)));
});

test("listByEmail() and listToErase() read only the rows that they return", async () => {
  const { listByEmail, listToErase } = postgresOrderQueries(opened.kysely);
  const page = { email: "LEE@example.com", afterId: "", limit: 200 };
  const due = { unpaidDays: 30, limit: 200 };
  await sql`update orders set confirmed_at = created_at where status = 'CONFIRMED'`.execute(
    opened.kysely,
  );
  await fill("EXPIRED", 200_000, 10);
  await sql`
    update orders set customer_email = 'lee@example.com', expires_at = now() - interval '31 days'
    where id in (${idOf(200_003)}, ${idOf(200_007)})`.execute(opened.kysely);
  // a paid order is due after five years only
  await fill("CONFIRMED", 300_000, 1);
  await sql`
    update orders set confirmed_at = created_at, expires_at = now() - interval '31 days'
    where id = ${idOf(300_000)}`.execute(opened.kysely);
  // an interrupted erasure is due at once
  await fill("PENDING", 400_000, 1);
  await sql`update orders set customer_name = '' where id = ${idOf(400_000)}`.execute(
    opened.kysely,
  );
  await sql`vacuum analyze orders`.execute(opened.kysely);
  expect(await tuplesRead(opened.kysely, () => listByEmail(page))).toBeLessThan(10);
  expect(await tuplesRead(opened.kysely, () => listToErase(due))).toBeLessThan(20);
  const ids = [idOf(200_003), idOf(200_007)];
  const idsOf = (found: readonly { orderId: string }[]) => found.map(({ orderId }) => orderId);
  expect(idsOf(await listByEmail(page))).toEqual(ids);
  expect(idsOf(await listToErase(due)).sort()).toEqual([...ids, idOf(400_000)]);
});
