import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { tuplesRead } from "@payflow/database/testing";
import type { Transaction } from "@payflow/ledger/movements";
import { actingAs, listAudit, slotCount } from "@payflow/outbox";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { paymentMigrations } from "./migrations.ts";
import { readPaymentAttention } from "./payment_attention.ts";
import { dismiss } from "./postgres_payments.ts";
import { databaseProof } from "./postgres_proof.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const db = () => opened.kysely;
const run = (statement: ReturnType<typeof sql>) => statement.execute(db());

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  // one connection, because `tuplesRead` counts its reads
  opened = openDatabase({ url: database.url, applicationName: "payment-test", poolMax: 1 });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(async () => {
  await run(sql`truncate payments, webhooks, unrecovered, unclaimed_money, reconciliations,
    reconciliation_exceptions, dead_letters`);
  // as if a relay were running
  await run(sql`insert into leases (name, holder, expires_at)
    select 'slot:' || n, gen_random_uuid(), 'infinity' from generate_series(0, ${slotCount - 1}) n
    on conflict do nothing`);
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const attempt = (change: object = {}) => ({
  paymentKey: "key-1",
  status: "UNKNOWN",
  checks: 3,
  firstSentAt: minutesAgo(5),
  nextAt: minutesAgo(-1),
  failure: { code: "NO_ANSWER", message: "" },
  cancel: null,
  ...change,
});

async function save(attempts: object[], refunds: object[] = []): Promise<string> {
  const id = Bun.randomUUIDv7();
  await run(sql`
    insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds, expires_at,
      changed_at, next_at)
    values (${id}, 1, 'CANCELED', '', 12000, 'KRW', ${JSON.stringify(attempts)}::text::jsonb, '{}',
      ${JSON.stringify(refunds)}::text::jsonb, now(), now() - interval '3 minutes', now())`);
  return id;
}

const items = async () => (await readPaymentAttention(db())).items;
const kinds = async () => (await items()).map(({ kind, orderId }) => [kind, orderId]);

test("a late call without an outcome is shown with its last response and the time of its next query", async () => {
  const nextAt = minutesAgo(-1);
  const firstSentAt = minutesAgo(5);
  const late = await save([attempt({ nextAt, firstSentAt })]);
  await save([attempt({ firstSentAt: minutesAgo(0) })]);
  await save([attempt({ status: "DECLINED" })]);
  expect(await items()).toEqual([
    {
      kind: "confirm_open",
      part: "payment",
      since: firstSentAt,
      count: 1,
      orderId: late,
      amount: 12_000,
      paymentKey: "key-1",
      detail: "NO_ANSWER",
      nextAt,
    },
  ]);
});

test("refunds, returns, needed accounts and manual reviews have kinds of their own", async () => {
  const approved = attempt({ status: "APPROVED", failure: null });
  const refund = { key: "r", status: "REQUESTED", checks: 0, failure: null, nextAt: null };
  const refunding = await save([approved], [{ ...refund, firstSentAt: minutesAgo(5) }]);
  const returning = await save([attempt({ status: "VOIDING" })]);
  const lacking = await save([
    attempt({ status: "VOIDING", cancel: { needsAccount: true, account: null } }),
  ]);
  const stuck = await save([attempt({ checks: 71 })]);
  const payout = (status: string | null, isDismissed = false) => ({
    status: "VOIDED",
    payout: status,
    isPayoutDismissed: isDismissed,
    paidOutsideAt: isDismissed ? minutesAgo(5) : null,
  });
  const unpaid = await save([attempt(payout("PENDING")), attempt(payout("FAILED"))]);
  await save([attempt(payout("PENDING", true)), attempt(payout("FAILED", true))]);
  const twice = await save([attempt(payout(null)), attempt(payout(null, true))]);
  // the payment of `stuck` has a version since
  await run(sql`insert into unrecovered (order_id, version, doubt)
    values (${refunding}, 1, 'behind'), (${stuck}, 0, 'behind')`);
  const found = await kinds();
  expect(found.toSorted()).toEqual(
    [
      ["refund_open", refunding],
      ["return_open", returning],
      ["account_needed", lacking],
      ["manual_review", stuck],
      ["unrecovered", refunding],
      ["payout_failed", unpaid],
      ["paid_twice", twice],
    ].toSorted(),
  );
});

test("dismiss() ends a review once, with its reason in the audit, and audits no review that a later version has ended", async () => {
  const [orderId, changed] = [await save([]), await save([])];
  const lost = Bun.randomUUIDv7();
  await run(sql`insert into unrecovered (order_id, version, doubt)
    values (${orderId}, 1, 'behind'), (${changed}, 0, 'behind'), (${lost}, 0, 'differs')`);
  const operator = { actor: "cli:kim", reason: "the order was wrong" };
  const end = (id: string) => actingAs(operator, () => dismiss(db(), id));
  expect([await end(orderId), await end(orderId), await end(changed)]).toEqual([
    true,
    false,
    false,
  ]);
  const since = expect.any(String);
  // without a last response: no response of Toss caused it
  expect(await items()).toEqual([
    { kind: "unrecovered", part: "payment", since, count: 1, orderId: lost, nextAt: null },
  ]);
  expect(await end(lost)).toBe(true);
  const audited = (await listAudit(db(), { limit: 10 })).map(({ subject, ...row }) => {
    expect(row).toMatchObject({ ...operator, action: "review.dismissed" });
    return subject;
  });
  expect(audited).toEqual([lost, orderId]);
});

test("money without an order, differences by day and waiting webhooks are shown; resolved items are not", async () => {
  const orderId = Bun.randomUUIDv7();
  await run(sql`insert into unclaimed_money (transaction_key, order_id, payment_key, amount_krw)
    values ('a', ${orderId}, 'k', 5000), ('b', ${orderId}, 'k', -1000), ('c', gen_random_uuid(), 'k', -1000)`);
  await run(sql`insert into reconciliations (day) values ('2026-01-05'), ('2026-01-06')`);
  await run(sql`
    insert into reconciliation_exceptions (day, payment_key, transaction_key, kind, order_id, resolved_at, reason)
    values ('2026-01-05', 'k', 'a', 'differs', ${orderId}, null, null),
      ('2026-01-05', 'k', 'b', 'differs', ${orderId}, null, null),
      ('2026-01-06', 'k', 'c', 'differs', ${orderId}, now(), 'the other shop''s')`);
  await run(sql`
    insert into webhooks (id, received_at, event_type, body, handled_at)
    values ('w1', now() - interval '2 minutes', 'x', '', null), ('w2', now(), 'x', '', null),
      ('w3', now() - interval '2 minutes', 'x', '', now())`);
  expect(await items()).toMatchObject([
    { kind: "money_without_order", orderId, amount: 4_000, count: 1 },
    { kind: "reconciliation", day: "2026-01-05", count: 2 },
    { kind: "webhooks_waiting", count: 1 },
  ]);
  // another shop's, as an operator knows
  expect([await dismiss(db(), orderId), await dismiss(db(), orderId)]).toEqual([true, false]);
  expect((await kinds()).flat()).not.toContain("money_without_order");
  await run(sql`insert into unclaimed_money (transaction_key, order_id, payment_key, amount_krw)
    values ('d', ${orderId}, 'k', 700)`);
  expect((await items())[0]).toMatchObject({ kind: "money_without_order", orderId, amount: 700 });
});

test("money of another currency without an order is stored, and not counted in won", async () => {
  const log = { error() {} } as never;
  const proof = databaseProof(db(), { log, onUnproven() {} });
  const [won, dollars] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const row = { kind: "approval", paymentKey: "k" } as const;
  await proof.keepUnclaimed([
    { ...row, transactionKey: "a", orderId: dollars, amount: 99.5, currency: "USD" },
    { ...row, transactionKey: "b", orderId: won, amount: 5_000, currency: "KRW" },
  ]);
  expect(await proof.hasUnclaimed(dollars)).toBe(true);
  expect(await items()).toMatchObject([
    { kind: "money_without_order", orderId: won, amount: 5_000 },
  ]);
});

test("a deposit that the bank took back is no money without an order, and an unpaid account hides no other", async () => {
  const proof = databaseProof(db(), { log: { error() {} } as never, onUnproven() {} });
  const [orderId, another] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const row = (kind: Transaction["kind"], transactionKey: string, of: Partial<Transaction> = {}) =>
    ({
      kind,
      transactionKey,
      orderId,
      paymentKey: "k",
      amount: 5_000,
      currency: "KRW",
      ...of,
    }) as const;
  const amounts = async () => (await items()).map(({ amount }) => amount);
  const [issued, paid, back] = [row("waiting", "w"), row("approval", "a"), row("waiting", "b")];
  await proof.keepUnclaimed([paid]);
  // a longer part of the list shows the issue too
  await proof.keepUnclaimed([issued, paid]);
  expect(await amounts()).toEqual([5_000]);
  await proof.keepUnclaimed([paid, back]);
  expect(await amounts()).toEqual([]);
  await proof.keepUnclaimed([row("cancel", "c")]);
  const card = { orderId, paymentKey: "card" };
  await proof.keepUnclaimed([row("approval", "d", card), back]);
  expect(await amounts()).toEqual([5_000]);
  // in two parts of the list
  const other = { orderId: another, paymentKey: "l" };
  await proof.keepUnclaimed([row("waiting", "e", other), row("approval", "f", other)]);
  expect(await amounts()).toEqual([5_000, 5_000]);
  await proof.keepUnclaimed([row("waiting", "g", other)]);
  expect(await amounts()).toEqual([5_000]);
});

test("it reads a bounded number of rows among many deposits that are waited for, handled webhooks and open calls", async () => {
  // keeps plans that were made on empty tables
  for (let times = 0; times < 7; times++) await readPaymentAttention(db());
  const waiting = JSON.stringify([attempt({ status: "WAITING_FOR_DEPOSIT", checks: 0 })]);
  const open = JSON.stringify([attempt()]);
  await run(sql`
    insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds, expires_at,
      changed_at, next_at)
    select gen_random_uuid(), 1, 'CANCELED', '', 1, 'KRW',
      (case when n <= 3000 then ${open} else ${waiting} end)::text::jsonb, '{}', '[]', now(), now(), now()
    from generate_series(1, 40000) n`);
  await run(sql`
    insert into webhooks (id, event_type, body, handled_at)
    select n::text, 'x', '', now() from generate_series(1, 40000) n`);
  expect(await tuplesRead(db(), () => readPaymentAttention(db()))).toBeLessThan(6_000);
  const { items: shown, hasMore } = await readPaymentAttention(db());
  expect(shown.filter(({ kind }) => kind === "confirm_open")).toHaveLength(200);
  expect(hasMore).toBe(true);
});
