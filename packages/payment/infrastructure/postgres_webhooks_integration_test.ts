import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { pruneOnce } from "@payflow/outbox";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { paymentMigrations } from "./migrations.ts";
import { postgresWebhooks, webhookRetention } from "./postgres_webhooks.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "webhook-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("webhooks are deleted a month after they were handled, not before", async () => {
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

test("a paymentKey is found by its index alone, however many payments there are", async () => {
  const db = opened.kysely;
  await sql`
    insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds,
      expires_at, changed_at)
    select gen_random_uuid(), 1, 'READY', 'a', 100, 'KRW', '[]', array['key-' || n], '[]', now(), now()
    from generate_series(1, 2000) n`.execute(db);
  // every look-up scans the pending list: https://www.postgresql.org/docs/current/gin.html#GIN-FAST-UPDATE
  const { rows: pending } = await sql<{ pages: number }>`
    select gin_clean_pending_list('payments_by_key')::integer as pages`.execute(db);
  expect(pending[0]?.pages).toBe(0);

  // as after ANALYZE on a table so large that a scan with a limit looks cheaper than the index
  await sql`
    select pg_restore_relation_stats('schemaname', 'public', 'relname', 'payments',
      'relpages', 1, 'reltuples', 200000::real)`.execute(db);
  const large = openDatabase({ url: database.url, applicationName: "large", poolMax: 1 });
  try {
    const webhooks = postgresWebhooks(large.kysely);
    const found = await webhooks.findPayment({ orderId: null, paymentKey: "key-1999" });
    expect(found?.amount).toBe(100);
    expect(await webhooks.findPayment({ orderId: null, paymentKey: "of nobody" })).toBeUndefined();
    await sql`select pg_stat_force_next_flush()`.execute(large.kysely);
    await eventually(async () => {
      const { rows } = await sql<{ idx_scan: number; seq_scan: number }>`
        select (select idx_scan::integer from pg_stat_user_indexes where indexrelname = 'payments_by_key'),
          (select seq_scan::integer from pg_stat_user_tables where relname = 'payments')`.execute(
        db,
      );
      expect(rows[0]).toEqual({ idx_scan: 2, seq_scan: 0 });
    });
  } finally {
    await large.close();
  }
});
