import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { paymentMigrations } from "./migrations.ts";
import { findByKey, paymentReads } from "./payment_reads.ts";

setDefaultTimeout(600_000);

/** LEDGER=1000000 makes the ledger larger, and prints how long a search takes. */
const count = Number(process.env["LEDGER"] ?? 20_000);

let database: TestDatabase;
let opened: Database;

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
/** In a format like Toss's: a prefix and a time that many keys share, then a unique part. */
const keyOf = (n: number) =>
  sql`'tgen_20261122' || to_char(${sql.lit(n)}::integer % 240000, 'FM000000') || substr(md5(${sql.lit(n)}::text), 1, 5)`;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({
    url: database.url,
    applicationName: "payment-reads-test",
    poolMax: 1,
    statementTimeoutMs: 600_000,
  });
  const db = opened.kysely;
  await sql`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key, method)
    select to_char(n, 'FM"00000000-0000-7000-8000-"000000000000')::uuid, 2, 0, 'capture', 1000, now(),
      'tgen_20261122' || to_char(n % 240000, 'FM000000') || substr(md5(n::text), 1, 5), '카드'
    from generate_series(1, ${count}::integer) n`.execute(db);
  await sql`
    insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds,
      expires_at, changed_at)
    select to_char(n, 'FM"00000000-0000-7000-8000-"000000000000')::uuid, 1, 'READY', 'a', 100, 'KRW', '[]',
      array['declined-' || n, 'waiting_' || md5(n::text)], '[]', now(), now()
    from generate_series(${count + 1}::integer, ${count + 50}::integer) n`.execute(db);
  await sql`vacuum analyze`.execute(db);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

async function keyText(n: number): Promise<string> {
  const { rows } = await sql<{ key: string }>`select ${keyOf(n)} as key`.execute(opened.kysely);
  return rows[0]?.key ?? "";
}

test("an order is found by its paymentKey and by any part of it, wherever the part begins", async () => {
  const key = await keyText(4_321);
  for (let at = 0; at + 8 <= key.length; at++) {
    for (const part of [key.slice(at), key.slice(at, -1)].filter(({ length }) => length >= 8)) {
      const found = await findByKey(opened.kysely, part);
      expect([part, found]).toEqual([part, [idOf(4_321)]]);
    }
  }
});

test("a key without a capture is found whole, and by a part while it is new", async () => {
  const whole = `declined-${count + 7}`;
  expect(await findByKey(opened.kysely, whole)).toEqual([idOf(count + 7)]);
  const part = `waiting_${Bun.CryptoHasher.hash("md5", String(count + 9), "hex").slice(0, 6)}`;
  expect(await findByKey(opened.kysely, part)).toEqual([idOf(count + 9)]);
  expect(await findByKey(opened.kysely, "nobodyhasthis")).toEqual([]);
});

test("a part that many keys contain finds two hundred of them, by the index", async () => {
  const plan = async (part: string) => {
    const began = performance.now();
    const found = await findByKey(opened.kysely, part);
    if (process.env["LEDGER"]) console.log(part, Math.round(performance.now() - began), "ms");
    return found.length;
  };
  expect(await plan("tgen_20261122")).toBe(200);
  expect(await plan("20261122")).toBe(200);
  expect(await plan((await keyText(77)).slice(-8))).toBe(1);
  const before = await scans();
  await findByKey(opened.kysely, (await keyText(78)).slice(-9));
  expect(await scans()).toEqual(before);
});

/** Sequential scans of the ledger so far, by all connections. */
async function scans(): Promise<number | undefined> {
  await sql`select pg_stat_force_next_flush()`.execute(opened.kysely);
  const { rows } = await sql<{ scans: number }>`
    select seq_scan as scans from pg_stat_user_tables where relname = 'ledger_entries'`.execute(
    opened.kysely,
  );
  return rows[0]?.scans;
}

const details = (orderId: string) =>
  paymentReads(opened.kysely, { payments: { find: async () => undefined } } as never).details({
    orderId,
  });

test("details() returns an order's ledger and webhooks, and none of another order", async () => {
  const { ledger, webhooks, openEnds } = await details(idOf(5));
  expect(ledger).toMatchObject([{ kind: "capture", amount: 1000, method: "카드" }]);
  expect([webhooks, openEnds]).toEqual([[], []]);
});

test("details() has the capture of an order that was refunded a hundred times", async () => {
  await sql`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
    select ${idOf(6)}::uuid, 2 + n, 0, 'refund', -10, now(), 'key' from generate_series(1, 100) n`.execute(
    opened.kysely,
  );
  const { ledger } = await details(idOf(6));
  expect(ledger.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
});
