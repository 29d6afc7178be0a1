import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { readMigrations } from "@payflow/outbox";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import type { Exception } from "./compare_day.ts";
import { ledgerMigrations } from "./entries.ts";
import { reconciliations } from "./reconciliations.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const store = () => reconciliations(opened.kysely);
const run = (statement: ReturnType<typeof sql>) => statement.execute(opened.kysely);

beforeAll(async () => {
  database = await testDatabase(
    async (url) => migrate(url, await readMigrations(ledgerMigrations)),
    "ledger",
  );
  opened = openDatabase({ url: database.url, applicationName: "ledger-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(() => run(sql`truncate reconciliations, reconciliation_exceptions`));

/** The newest day that ended at least four hours ago in Korea, and this many days before it. */
async function dayBefore(count: number): Promise<string> {
  const { rows } = await sql<{ day: string }>`
    select ((now() at time zone 'Asia/Seoul' - interval '4 hours')::date - 1 - ${count}::integer)::text as day`.execute(
    opened.kysely,
  );
  return rows[0]?.day ?? "";
}

async function claimedDays(): Promise<string[]> {
  const days: string[] = [];
  for (;;) {
    const due = await store().claim();
    if (due === undefined) return days;
    days.push(due.day);
    await store().finish(due, { matched: 0, exceptions: [] });
  }
}

const difference = (change: Partial<Exception> = {}): Exception => ({
  kind: "missing_there",
  orderId: "0190a000-0000-7000-8000-000000000001",
  paymentKey: "key",
  transactionKey: "",
  listed: null,
  booked: -1000,
  ...change,
});

test("the day that is over is due once, from midnight to midnight in Korea", async () => {
  const day = await dayBefore(0);
  const due = await store().claim();
  expect(due).toMatchObject({ day });
  expect(due?.from).toBe(new Date(`${day}T00:00:00+09:00`).toISOString());
  expect(due?.to).toBe(new Date(`${day}T23:59:59.999+09:00`).toISOString());
  // another replica does not claim it
  expect(await store().claim()).toBeUndefined();
  await store().finish(due as never, { matched: 1, exceptions: [] });
  expect(await store().claim()).toBeUndefined();
});

test("missed days are compared later, oldest first", async () => {
  await run(sql`
    insert into reconciliations (day, finished_at) values (${await dayBefore(3)}::date, now())`);
  expect(await claimedDays()).toEqual([await dayBefore(2), await dayBefore(1), await dayBefore(0)]);
});

test("a day that was compared before its end is due once more when it is over", async () => {
  const day = await dayBefore(0);
  await run(sql`
    insert into reconciliations (day, finished_at)
    values (${day}::date, (${day}::timestamp + interval '12 hours') at time zone 'Asia/Seoul')`);
  expect(await claimedDays()).toEqual([day]);
});

test("differences that look alike are one, and a day with one is due again after an hour", async () => {
  const due = await store().claim();
  const exceptions = [difference(), difference()];
  expect(await store().finish(due as never, { matched: 0, exceptions })).toBe(1);
  const { rows } = await run(sql`select booked_krw as booked from reconciliation_exceptions`);
  expect(rows).toEqual([{ booked: -2000 }]);
  expect(await claimedDays()).toEqual([]);
  await run(sql`update reconciliations set finished_at = now() - interval '61 minutes'`);
  expect(await claimedDays()).toEqual([due?.day ?? ""]);
  // it was not found again
  const { rows: open } = await run(
    sql`select from reconciliation_exceptions where resolved_at is null`,
  );
  expect(open).toEqual([]);
});

test("a day of long ago that differs is due again less often than every hour", async () => {
  const day = await dayBefore(20);
  await run(sql`
    insert into reconciliations (day, finished_at)
    select generate_series(${day}::date, now()::date, interval '1 day'), now() - interval '19 hours'`);
  await run(sql`
    insert into reconciliation_exceptions (day, kind, order_id, payment_key, transaction_key, booked_krw)
    values (${day}::date, 'missing_there', gen_random_uuid(), 'key', '', -1000)`);
  expect(await claimedDays()).not.toContain(day);
  await run(sql`update reconciliations set finished_at = now() - interval '22 hours'`);
  expect(await claimedDays()).toContain(day);
});

test("a resolved exception stays resolved while it is the same", async () => {
  const compare = async (booked: number) => {
    await run(sql`update reconciliations set finished_at = null`);
    const due = await store().claim();
    return await store().finish(due as never, {
      matched: 0,
      exceptions: [difference({ booked })],
    });
  };
  expect(await compare(-1000)).toBe(1);
  await run(sql`update reconciliation_exceptions set resolved_at = now(), reason = 'by hand'`);
  expect(await compare(-1000)).toBe(0);
  expect(await compare(-2000)).toBe(1);
});

test("a comparison that was requested again meanwhile stores nothing", async () => {
  const due = await store().claim();
  await run(sql`update reconciliations set claimed_until = null`);
  expect(await store().finish(due as never, { matched: 0, exceptions: [difference()] })).toBe(0);
  const { rows } = await run(sql`select finished_at from reconciliations`);
  expect(rows).toEqual([{ finished_at: null }]);
});

test("entries come with all others of their paymentKeys", async () => {
  const book = (paymentKey: string, at: string) =>
    run(sql`
      insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
      values (gen_random_uuid(), 1, 1, 'capture', 1000, ${at}, ${paymentKey})`);
  await book("listed", "2026-01-01T00:00:00Z");
  await book("of the day", "2026-01-01T00:00:00Z");
  await book("of the day", "2026-01-05T00:00:00Z");
  await book("another", "2026-01-01T00:00:00Z");
  const day = { from: "2026-01-04T15:00:00.000Z", to: "2026-01-05T14:59:59.999Z" };
  const booked = await store().booked(day, ["listed", "not here"]);
  expect(booked.map(({ paymentKey }) => paymentKey).sort()).toEqual([
    "listed",
    "of the day",
    "of the day",
  ]);
  expect(booked[0]).toMatchObject({ amount: 1000, kind: "capture" });
});
