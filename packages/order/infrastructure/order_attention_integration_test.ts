import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { rowsLookedAt } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { figuresQuery, readFigures } from "@payflow/shared/http";
import { sql } from "kysely";
import { orderMigrations } from "./migrations.ts";
import { orderFigures } from "./order_attention.ts";

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

test("a scrape looks at the same rows whether there are ten orders or fifty thousand", async () => {
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
  const before = await rowsLookedAt(figuresQuery(figures), opened.kysely);
  // in pieces: a statement has a time limit
  for (let piece = 0; piece < 10; piece++) await fill(5_000, piece);
  const after = await rowsLookedAt(figuresQuery(figures), opened.kysely);
  expect(after).toBeLessThanOrEqual(before);
  const [, , , , , needed] = await readFigures(opened.kysely, figures);
  expect(needed).toContainEqual({ kind: "money_without_order", value: 3 });
});
