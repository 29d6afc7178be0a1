import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, pruneOnce, type Database } from "@payflow/outbox";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { paymentMigrations } from "./migrations.ts";
import { webhookRetention } from "./postgres_webhooks.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database<never>;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "webhook-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("webhooks go a month after they were handled, and none before", async () => {
  const db = opened.kysely;
  await sql`
    insert into webhooks (id, event_type, body, received_at, handled_at) values
      ('handled long ago', 'Test', '{}', now() - interval '40 days', now() - interval '721 hours'),
      ('handled lately', 'Test', '{}', now() - interval '40 days', now() - interval '719 hours'),
      ('never handled', 'Test', '{}', now() - interval '40 days', null)`.execute(db);
  expect(await pruneOnce(db, [webhookRetention])).toBe(1);
  expect(await pruneOnce(db, [webhookRetention])).toBe(0);
  const { rows: left } = await sql<{ id: string }>`select id from webhooks`.execute(db);
  expect(left.map(({ id }) => id).sort()).toEqual(["handled lately", "never handled"]);
});

test("a paymentKey is found by its index alone, however many payments were written lately", async () => {
  const db = opened.kysely;
  await sql`
    insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds,
      expires_at, created_at, changed_at)
    select gen_random_uuid(), 1, 'READY', 'a', 100, 'KRW', '[]', array['key-' || n], '[]', now(), now(), now()
    from generate_series(1, 2000) n`.execute(db);
  // what PostgreSQL has put aside is read through by every look-up: https://www.postgresql.org/docs/current/gin.html#GIN-FAST-UPDATE
  const { rows } = await sql<{ pages: number }>`
    select gin_clean_pending_list('payments_by_key')::integer as pages`.execute(db);
  expect(rows[0]?.pages).toBe(0);
});
