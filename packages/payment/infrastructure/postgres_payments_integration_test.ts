import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import type { LedgerEntry } from "@payflow/ledger/movements";
import { openPayment, type Payment } from "../domain/payment.ts";
import { facts, key, openedAt } from "../testing/given.ts";
import { paymentMigrations } from "./migrations.ts";
import { listChangedPayments, postgresPayments, paymentRows } from "./postgres_payments.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "payment-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("a payment whose save waited long is behind the payments that a sweep has read, and is listed once", async () => {
  const db = opened.kysely;
  const { rows } = await sql<{ now: string }>`select now()`.execute(db);
  const since = rows[0]?.now ?? "";
  const payments = postgresPayments(db, {
    newId: () => crypto.randomUUID(),
    // the time of the decision
    now: () => openedAt,
    onSaved: () => {},
    onChanged: () => {},
  });
  const state = { ...openPayment(facts), version: 1 };
  await payments.save({ state, events: [] }, { cause: "test" });
  const page = { since, afterId: "", limit: 10 };
  const [listed, ...others] = await listChangedPayments(db, page);
  expect(listed?.orderId).toBe(facts.orderId);
  expect(others).toEqual([]);
  const behind = { since: listed?.changedAt ?? "", afterId: facts.orderId };
  expect(await listChangedPayments(db, { ...behind, limit: 10 })).toEqual([]);
});

test("a query without a change makes earlier decisions stale, and makes no version", async () => {
  const db = opened.kysely;
  const payments = postgresPayments(db, {
    newId: () => crypto.randomUUID(),
    now: () => openedAt,
    onSaved: () => {},
    onChanged: () => {},
  });
  const orderId = Bun.randomUUIDv7();
  const base = { ...openPayment(facts), orderId };
  const save = (state: Payment) => payments.save({ state, events: [] }, { cause: "test" });
  expect(await save({ ...base, version: 1 })).toBe("saved");
  const rescheduled = { ...base, version: 1, scheduleVersion: 1 };
  expect(await payments.saveSchedule(rescheduled)).toBe(true);
  expect(await payments.saveSchedule(rescheduled)).toBe(false);
  expect(await save({ ...base, version: 2 })).toBe("stale");
  expect(await save({ ...base, version: 2, scheduleVersion: 1 })).toBe("saved");
  expect(await payments.saveSchedule({ ...rescheduled, scheduleVersion: 2 })).toBe(false);
  expect(await payments.find(orderId)).toMatchObject({ version: 2, scheduleVersion: 1 });
  const { rows } = await sql<{ versions: number }>`
    select count(*)::integer as versions from history where aggregate_id = ${orderId}`.execute(db);
  expect(rows).toEqual([{ versions: 2 }]);
});

describe("the ledger", () => {
  const store = () =>
    postgresPayments(opened.kysely, {
      newId: () => crypto.randomUUID(),
      now: () => openedAt,
      onSaved: () => {},
      onChanged: () => {},
    });
  const entriesOf = async (orderId: string) => {
    const { rows } = await sql<Record<string, unknown>>`
      select version, position::integer, kind, amount_krw as amount, occurred_at, payment_key, transaction_key,
        method, card, vat_krw as vat, tax_free_krw as tax_free, receipt_url
      from ledger_entries where order_id = ${orderId} order by version, position`.execute(
      opened.kysely,
    );
    return rows;
  };
  const approval = () => {
    const orderId = Bun.randomUUIDv7();
    const entry: LedgerEntry = {
      orderId,
      paymentKey: key,
      kind: "capture",
      amount: 1000,
      occurredAt: "2026-01-05T05:00:10.000Z",
      transactionKey: "txrd_0",
      method: "카드",
      card: {
        issuer: "61",
        number: "4330****",
        installmentMonths: 3,
        isInterestFree: true,
        approvalNumber: "00000000",
      },
      vat: 91,
      taxFree: 300,
      receiptUrl: null,
    };
    const state = { ...openPayment({ ...facts, orderId }), version: 1 };
    return { orderId, entry, state };
  };

  test("gets its entries with the change, and none of a change that was not saved", async () => {
    const { orderId, entry, state } = approval();
    const sums = { amount: -400, vat: null, taxFree: -120 };
    const refund: LedgerEntry = { ...entry, kind: "refund", ...sums, card: null };
    const change = { state, events: [], journal: [entry, refund] };
    expect(await store().save(change, { cause: "test" })).toBe("saved");
    expect(await store().save(change, { cause: "test" })).toBe("stale");
    const { orderId: _, paymentKey, ...rest } = entry;
    const row = { version: 1, position: 1, kind: "capture", amount: 1000, payment_key: paymentKey };
    const { occurredAt: occurred_at, transactionKey: transaction_key } = rest;
    const { method, card, vat, taxFree: tax_free, receiptUrl: receipt_url } = rest;
    const first = {
      ...row,
      occurred_at,
      transaction_key,
      method,
      card,
      vat,
      tax_free,
      receipt_url,
    };
    const less = { amount: -400, vat: null, tax_free: -120 };
    const second = { ...first, position: 2, kind: "refund", ...less, card: null };
    expect(await entriesOf(orderId)).toEqual([first, second]);
  });

  test("is only added to", async () => {
    const { orderId, entry, state } = approval();
    await store().save({ state, events: [], journal: [entry] }, { cause: "test" });
    for (const statement of [
      sql`update ledger_entries set amount_krw = 1 where order_id = ${orderId}`,
      sql`delete from ledger_entries where order_id = ${orderId}`,
      sql`truncate ledger_entries`,
    ])
      await expect(statement.execute(opened.kysely)).rejects.toThrow("only added to");
    expect(await entriesOf(orderId)).toHaveLength(1);
  });
});

test("save() reports each change, and findMany() finds the payments that exist", async () => {
  const db = opened.kysely;
  const changed: string[] = [];
  const orderIds = Array.from({ length: 3 }, () => Bun.randomUUIDv7());
  const payments = postgresPayments(db, {
    newId: () => crypto.randomUUID(),
    now: () => openedAt,
    onSaved: () => {},
    onChanged: ({ orderId, version }) => changed.push(`${orderId} ${version}`),
  });
  const [first, second, missing] = orderIds.map((orderId) => ({
    ...openPayment(facts),
    orderId,
    version: 1,
  })) as [Payment, Payment, Payment];
  for (const state of [first, second, { ...first, version: 2 }])
    await payments.save({ state, events: [] }, { cause: "test" });
  expect(changed).toEqual([`${orderIds[0]} 1`, `${orderIds[1]} 1`, `${orderIds[0]} 2`]);
  const found = await payments.findMany([first, second, missing].map(({ orderId }) => orderId));
  expect(found.map(({ orderId, version }) => `${orderId} ${version}`).sort()).toEqual([
    `${orderIds[0]} 2`,
    `${orderIds[1]} 1`,
  ]);
});

test("saves write every column of payments but rescheduled_at", async () => {
  const { rows } = await sql<{ column_name: string }>`
    select column_name from information_schema.columns where table_name = ${paymentRows.table.name}`.execute(
    opened.kysely,
  );
  const saved = ["id", "version", ...Object.keys(paymentRows.table.columns), "rescheduled_at"];
  expect(rows.map((row) => row.column_name).sort()).toEqual(saved.sort());
});
