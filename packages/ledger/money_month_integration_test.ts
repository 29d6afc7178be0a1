import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { tuplesRead } from "@payflow/database/testing";
import { actingAs, listAudit, readMigrations } from "@payflow/outbox";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { movementsHead, movementsLines } from "@payflow/console";
import { ledgerMigrations } from "./entries.ts";
import { exceptionQueries, requestReconciliation } from "./exceptions.ts";
import { listMovements, readMoneyMonth, readMovements } from "./money_month.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const db = () => opened.kysely;
const run = (statement: ReturnType<typeof sql>) => statement.execute(db());
const orderId = "0190a000-0000-7000-8000-00000000000a";
const { findReconciliation, listDifferences, resolveExceptions } = exceptionQueries(sql`null`);

beforeAll(async () => {
  database = await testDatabase(
    async (url) => migrate(url, await readMigrations(ledgerMigrations)),
    "ledger",
  );
  // one connection, because `tuplesRead` counts its reads
  opened = openDatabase({ url: database.url, applicationName: "ledger-test", poolMax: 1 });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(async () => {
  await run(sql`alter table ledger_entries disable trigger ledger_entries_stay`);
  await run(sql`truncate ledger_entries, history, reconciliations, reconciliation_exceptions`);
  await run(sql`alter table ledger_entries enable trigger ledger_entries_stay`);
});

const book = (version: number, kind: string, amount: number, at: string, method = "카드") =>
  run(sql`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key, transaction_key,
      method, card, vat_krw)
    values (${orderId}, ${version}, 1, ${kind}, ${amount}, ${at}, 'key', ${`txrd_${version}`}, ${method},
      '{"issuer": "61", "number": "4330****123*", "installmentMonths": 0, "approvalNumber": "00000000"}',
      ${kind === "capture" && method === "카드" ? Math.round(amount / 11) : null})`);

const decline = (code: string, at: string) => {
  const entries = [{ kind: "tried" }, { kind: "declined", reason: { code, message: "" } }];
  return run(sql`
    insert into history (aggregate_id, version, change_id, status, cause, detail, actor, recorded_at)
    values (gen_random_uuid(), 1, gen_random_uuid(), 'READY', 'recordConfirmAnswer',
      ${JSON.stringify({ entries })}::text::jsonb, 'toss', ${at})`);
};

const differ = (day: string, transactionKey: string, kind = "missing_here") =>
  run(sql`
    insert into reconciliation_exceptions (day, payment_key, transaction_key, kind, order_id, listed_krw)
    values (${day}, 'key', ${transactionKey}, ${kind}, ${orderId}, 1000)`);

test("a day is Korean: 23:59:59 and midnight of a year's end are two days, months and years", async () => {
  await book(1, "capture", 11_000, "2025-12-31T14:59:59.999Z");
  await book(2, "capture", 22_000, "2025-12-31T15:00:00.000Z");
  await book(3, "capture", 5_000, "2026-01-01T14:59:59.000Z", "가상계좌");
  await book(4, "refund", -2_000, "2026-01-01T14:59:59.999Z");
  await book(5, "deposit_reversal", -5_000, "2026-01-01T15:00:00.000Z", "가상계좌");
  await book(6, "capture", 1_000, "2026-01-31T15:00:00.000Z");
  const month = await readMoneyMonth(db(), "2026-01");
  expect(month.days).toEqual([
    {
      day: "2026-01-01",
      captured: 27_000,
      refunded: -2_000,
      returned: 0,
      net: 25_000,
      captures: 2,
      byMethod: [
        { method: "카드", captured: 22_000 },
        { method: "가상계좌", captured: 5_000 },
      ],
      reconciliation: "none",
      differences: 0,
    },
    {
      day: "2026-01-02",
      captured: 0,
      refunded: 0,
      returned: -5_000,
      net: -5_000,
      captures: 0,
      byMethod: [],
      reconciliation: "none",
      differences: 0,
    },
  ]);
  const totals = { captured: 27_000, refunded: -2_000, returned: -5_000, net: 20_000, captures: 2 };
  expect(month.totals).toEqual(totals);
  expect((await readMoneyMonth(db(), "2025-12")).days.map(({ day }) => day)).toEqual([
    "2025-12-31",
  ]);
});

test("declines of the month are counted by code, among all ended attempts", async () => {
  await book(1, "capture", 11_000, "2026-01-05T00:00:00Z");
  await decline("REJECT_CARD_PAYMENT", "2025-12-31T14:59:59.999Z");
  await decline("REJECT_CARD_PAYMENT", "2025-12-31T15:00:00Z");
  await decline("REJECT_CARD_PAYMENT", "2026-01-31T14:59:59.999Z");
  await decline("INVALID_STOPPED_CARD", "2026-01-31T14:59:59.999Z");
  await decline("INVALID_STOPPED_CARD", "2026-01-31T15:00:00Z");
  expect((await readMoneyMonth(db(), "2026-01")).declines).toEqual({
    tries: 4,
    declined: 3,
    reasons: [
      { code: "REJECT_CARD_PAYMENT", count: 2 },
      { code: "INVALID_STOPPED_CARD", count: 1 },
    ],
  });
});

test("a paid order costs the index of declines nothing, and a month reads only its own", async () => {
  await run(sql`
    insert into history (aggregate_id, version, change_id, status, cause, detail, actor, recorded_at)
    select gen_random_uuid(), 1, gen_random_uuid(), 'DONE', 'x', '{"entries": [{"kind": "paid"}]}', 'toss', '2026-01-05T00:00:00Z'
    from generate_series(1, 20000)`);
  await decline("REJECT_CARD_PAYMENT", "2026-01-05T00:00:00Z");
  const { rows } = await sql<{ bytes: number }>`
    select pg_relation_size('history_declined') as bytes`.execute(db());
  expect(rows[0]?.bytes).toBeLessThanOrEqual(16_384);
  await readMoneyMonth(db(), "2026-01");
  expect(await tuplesRead(db(), () => readMoneyMonth(db(), "2026-01"))).toBeLessThan(20);
});

test("each day shows its comparison with the list, also a day without a movement", async () => {
  await book(1, "capture", 1_000, "2026-01-05T00:00:00Z");
  await book(2, "capture", 1_000, "2026-01-06T00:00:00Z");
  await book(3, "capture", 1_000, "2026-01-07T00:00:00Z");
  await run(sql`
    insert into reconciliations (day, finished_at, matched) values ('2026-01-05', now(), 1), ('2026-01-06', null, null),
      ('2026-01-07', now(), 0), ('2026-01-08', now(), 0), ('2026-01-09', now(), 0)`);
  await differ("2026-01-07", "a");
  await differ("2026-01-08", "b");
  const states = async () =>
    (await readMoneyMonth(db(), "2026-01")).days.map((one) => [
      one.day.slice(-1),
      one.reconciliation,
      one.differences,
    ]);
  expect(await states()).toEqual([
    ["5", "matched", 0],
    ["6", "pending", 0],
    ["7", "differs", 1],
    ["8", "differs", 1],
  ]);
  // a difference that somebody has explained does not count any more
  await resolveExceptions(db(), { day: "2026-01-07" }, "counted on the day before");
  expect((await states()).at(2)).toEqual(["7", "matched", 0]);
});

test("the month's CSV has every movement once, in pages, with supply value and VAT where they are known", async () => {
  await book(1, "capture", 11_000, "2026-01-05T00:00:00Z");
  await book(2, "refund", -1_000, "2026-01-05T00:00:01Z");
  const [heads, ...lines] = (
    movementsHead("en") +
    (await Array.fromAsync(listMovements(db(), "2026-01")))
      .map((page) => movementsLines(page, "en"))
      .join("")
  ).split("\r\n");
  expect(heads).toStartWith("\uFEFFTime,Order id,Kind,Amount,Supply value,VAT,Tax free,Method,");
  expect(lines).toEqual([
    `2026-01-05 09:00:00,${orderId},payment,11000,10000,1000,,카드,61,4330****123*,0,00000000,txrd_1,key,`,
    `2026-01-05 09:00:01,${orderId},refund,-1000,,,,카드,61,4330****123*,0,00000000,txrd_2,key,`,
    "",
  ]);
});

test("a page of the CSV reads a bounded number of rows", async () => {
  await run(sql`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
    select gen_random_uuid(), 1, n, 'capture', 1000, '2026-03-05T00:00:00Z'::timestamptz + n / 3 * interval '1 second', 'k'
    from generate_series(1, 30000) n`);
  let after: string | null | undefined;
  const seen = new Set<string>();
  const reads: number[] = [];
  while (after !== null) {
    const page = { month: "2026-03", after };
    reads.push(
      await tuplesRead(db(), async () => {
        const { rows, next } = await readMovements(db(), page);
        for (const { orderId: id } of rows) seen.add(id);
        after = next;
      }),
    );
  }
  expect(seen.size).toBe(30_000);
  expect(Math.max(...reads)).toBeLessThan(2 * 2_000 + 50);
});

test("a day is compared again on request, but not before it begins in Korea", async () => {
  const { rows } = await sql<{ today: string; tomorrow: string }>`
    select (now() at time zone 'Asia/Seoul')::date::text as today,
      ((now() at time zone 'Asia/Seoul')::date + 1)::text as tomorrow`.execute(db());
  const { today = "", tomorrow = "" } = rows[0] ?? {};
  expect(await requestReconciliation(db(), tomorrow)).toBe(false);
  expect(await findReconciliation(db(), tomorrow)).toBeUndefined();
  await run(
    sql`insert into reconciliations (day, finished_at, matched) values (${today}, now(), 7)`,
  );
  expect(await requestReconciliation(db(), today)).toBe(true);
  expect(await findReconciliation(db(), today)).toMatchObject({ day: today, finishedAt: null });
});

test("exceptions are resolved by one reason, one or all of a kind; and never without a reason", async () => {
  await run(sql`insert into reconciliations (day) values ('2026-01-07'), ('2026-01-08')`);
  await differ("2026-01-07", "a");
  await differ("2026-01-07", "b");
  await differ("2026-01-08", "c");
  await differ("2026-01-08", "d", "differs");
  await expect(resolveExceptions(db(), { kind: "missing_here" }, "  ")).rejects.toThrow("reason");
  await expect(resolveExceptions(db(), {}, "all of them")).rejects.toThrow("not all");
  const one = {
    day: "2026-01-07",
    paymentKey: "key",
    transactionKey: "a",
    kind: "missing_here",
  } as const;
  const byKim = <T>(work: () => T) => actingAs({ actor: "key:kim" }, work);
  expect(await byKim(() => resolveExceptions(db(), one, "by hand"))).toMatchObject([
    { transactionKey: "a", reason: "by hand" },
  ]);
  expect(await resolveExceptions(db(), one, "twice")).toEqual([]);
  expect(await resolveExceptions(db(), { kind: "missing_here" }, "the other shop's")).toHaveLength(
    2,
  );
  expect((await listDifferences(db())).map(({ transactionKey }) => transactionKey)).toEqual(["d"]);
  const { exceptions = [] } = (await findReconciliation(db(), "2026-01-07")) ?? {};
  expect(exceptions.map(({ reason }) => reason)).toEqual(["by hand", "the other shop's"]);
  const audited = await listAudit(db(), { limit: 10 });
  expect(audited.filter(({ actor }) => actor === "key:kim")).toMatchObject([
    { action: "reconciliation.resolved", subject: "2026-01-07 key", reason: "by hand" },
  ]);
});
