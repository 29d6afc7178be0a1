import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { rowsExamined } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { countMax } from "@payflow/back-office/messages";
import { figuresQuery, readFigures } from "@payflow/shared/http";
import { sql } from "kysely";
import { paymentMigrations } from "./migrations.ts";
import { countNeedingReview, paymentFigures } from "./payment_metrics.ts";

setDefaultTimeout(600_000);

const figures = paymentFigures;
let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({
    url: database.url,
    applicationName: "payment-test",
    statementTimeoutMs: 300_000,
  });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

/** Payments with the given attempts, due in some hours. */
const payments = (count: number, attempt: object, status = "IN_PROGRESS") =>
  sql`
  insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds, kept,
    expires_at, changed_at, next_at)
  select gen_random_uuid(), 1, ${status}::text, 'x', 1, 'KRW',
    ${JSON.stringify([attempt])}::text::jsonb, array[gen_random_uuid()::text], '[]'::jsonb,
    case when ${status}::text in ('DONE', 'WAITING_FOR_DEPOSIT') then '{}'::jsonb end, now(), now(),
    case when ${status}::text <> 'DONE' then now() + n * interval '1 second' end
  from generate_series(1, ${count}::integer) as n returning id`.execute(opened.kysely);

const waiting = { status: "WAITING_FOR_DEPOSIT", checks: 1, cancel: null };
const open = { status: "UNKNOWN", checks: 3, cancel: null };
const stuck = { status: "UNKNOWN", checks: 71, cancel: null };
const lacking = { status: "VOIDING", checks: 2, cancel: { needsAccount: true, account: null } };

/** The rows of a shop that was without Kafka and Toss for long. */
async function fill(count: number): Promise<void> {
  await payments(count, { status: "APPROVED", checks: 0, cancel: null }, "DONE");
  await payments(count, waiting, "WAITING_FOR_DEPOSIT");
  await payments(count, open);
  await sql`
    with happened as (
      insert into events (aggregate_id, version, event_id, slot, topic, payload)
      select gen_random_uuid(), 1, gen_random_uuid(), n % 16, 'T', '{}'
      from generate_series(1, ${count}::integer) as n returning aggregate_id, slot
    ), letters as (
      insert into dead_letters (topic, partition, message_offset, headers, error)
      select 'T', 0, (random() * 1e15)::bigint, '{}', 'x' from happened
    ), hooks as (
      insert into webhooks (id, event_type, body) select gen_random_uuid()::text, 'T', '{}' from happened
    )
    insert into waiting_events (slot, aggregate_id, version, recorded_at)
    select slot, aggregate_id, 1, now() from happened`.execute(opened.kysely);
}

async function figure(name: string) {
  const all = await readFigures(opened.kysely, figures);
  const rows = all[figures.findIndex((one) => one.name === name)] ?? [];
  return Object.fromEntries(rows.map(({ value, kind }) => [kind ?? "", value]));
}

test("figures separate open calls from items that wait for a decision, and count each payment once", async () => {
  expect(await figure("payflow_attention_items")).toMatchObject({ payment: 0, refund_account: 0 });
  await payments(2, stuck);
  await payments(3, lacking);
  await payments(4, open);
  await payments(5, waiting, "WAITING_FOR_DEPOSIT");
  expect(await figure("payflow_attention_items")).toEqual({
    payment: 2,
    refund_account: 3,
    payout_failed: 0,
    paid_twice: 0,
    unrecovered: 0,
    money_without_order: 0,
    reconciliation_exception: 0,
    dead_letter: 0,
  });
  expect(await figure("payflow_open_outcomes")).toEqual({
    confirm: 6,
    refund: 0,
    return: 3,
    account: 0,
  });
  expect(await countNeedingReview(opened.kysely)).toBe(2);
});

test("a scrape reads a bounded number of rows", async () => {
  await fill(1.5 * countMax);
  const before = await rowsExamined(figuresQuery(figures), opened.kysely);
  await fill(3 * countMax);
  const after = await rowsExamined(figuresQuery(figures), opened.kysely);
  expect(before).toBeGreaterThan(5 * countMax);
  // the planner counts the last page of an index scan differently
  expect(after).toBeLessThan(1.1 * before);
  expect(await figure("payflow_outbox_waiting")).toEqual({ "": countMax });
});
