import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { orderMigrations } from "@payflow/order";
import { paymentMigrations } from "@payflow/payment";
import { migrate } from "@payflow/database";
import { connectKafka, listAudit } from "@payflow/outbox";
import { createTopics, keepDeadLetters } from "@payflow/outbox/testing";
import { silentLog } from "@payflow/shared/http";
import {
  eventually,
  startedKafka,
  testDatabase,
  testTopicPrefix,
  type TestDatabase,
} from "@payflow/local-stack/testing";
import { operatorName } from "./operator.ts";
import { openPlaces, type Places } from "./places.ts";
import { reconcileOne } from "./reconcile.ts";
import { runPayflow } from "./testing/mod.ts";

type Row = Record<string, unknown>;

/** Runs a command with `--json` and returns what it prints. */
const run = async (words: string) => (await runPayflow(words.split(" "), env)).json as Row[];
const runOne = async (words: string) => (await runPayflow(words.split(" "), env)).json as Row;

setDefaultTimeout(600_000);

let order: TestDatabase;
let payment: TestDatabase;
let places: Places;
let env: Record<string, string>;
let kafka: ReturnType<typeof connectKafka>;
const prefix = testTopicPrefix();
const eventId = "01a2057e-dd67-73d9-b419-d33e1d57ba22";

beforeAll(async () => {
  order = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  payment = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  const { brokers } = await startedKafka();
  env = {
    ORDER_DATABASE_URL: order.url,
    PAYMENT_DATABASE_URL: payment.url,
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_PREFIX: prefix,
  };
  places = openPlaces(env, "/nowhere");
  const settings = { brokers, clientId: "operate-test", prefix, partitions: 1 };
  kafka = connectKafka(settings, silentLog);
  await createTopics(kafka, settings, ["PaymentConfirmed"]);
  const db = places.databases.order;
  await sql`
    insert into events (aggregate_id, version, event_id, slot, topic, payload)
    values (gen_random_uuid(), 1, ${eventId}, 0, 'OrderCreated', '{}')`.execute(db);
  await sql`
    insert into dead_letters (topic, partition, message_offset, key, value, headers, error)
    values ('PaymentConfirmed', 0, 7, 'order-1', 'garbage', '{}', 'SyntaxError: no JSON')`.execute(
    db,
  );
}, 600_000);
afterAll(async () => {
  await places.close();
  await Promise.all([order.drop(), payment.drop()]);
});

test("a command reports a database without its tables in one sentence", async () => {
  const swapped = { ...env, ORDER_DATABASE_URL: payment.url, PAYMENT_DATABASE_URL: order.url };
  for (const words of [["money"], ["orders", "list"], ["reconcile"]])
    await expect(runPayflow(words, swapped)).rejects.toThrow(
      /^A database does not have the tables of this version \(relation .* bun run doctor/,
    );
});

describe("money", () => {
  const orderId = "0190a000-0000-7000-8000-00000000000a";
  const book = (version: number, kind: string, amount: number, at: string) =>
    sql`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key,
      transaction_key, method, card, vat_krw)
    values (${orderId}, ${version}, 1, ${kind}, ${amount}, ${at}, '=key', ${`txrd_${version}`}, '카드',
      ${JSON.stringify({ issuer: "61", number: "4330****123*", installmentMonths: 3, approvalNumber: "00000000" })}::text::jsonb,
      ${kind === "capture" ? Math.round(amount / 11) : null})`.execute(places.databases.payment);

  beforeAll(async () => {
    // 23:59:59 and midnight in Korea, between two years
    await book(1, "capture", 11_000, "2025-12-31T14:59:59.999Z");
    await book(2, "capture", 22_000, "2025-12-31T15:00:00.000Z");
    await book(3, "refund", -2_000, "2026-01-01T14:59:59.000Z");
    await book(4, "deposit_reversal", -20_000, "2026-01-02T00:00:00.000Z");
    await book(5, "capture", 1_000, "2026-01-31T15:00:00.000Z");
  });

  test("of a month is shown by Korean days", async () => {
    const none = { refunded: 0, notKept: 0 };
    const january = [
      {
        day: "2026-01-01",
        payments: 1,
        captured: 22_000,
        refunded: -2_000,
        notKept: 0,
        net: 20_000,
      },
      { day: "2026-01-02", payments: 0, captured: 0, refunded: 0, notKept: -20_000, net: -20_000 },
      { day: "all", payments: 1, captured: 22_000, refunded: -2_000, notKept: -20_000, net: 0 },
    ];
    expect(await run("money days --month 2026-01")).toEqual(january);
    expect(await run("money --month 2026-01")).toEqual(january);
    const day = { payments: 1, captured: 11_000, ...none, net: 11_000 };
    expect(await run("money days --month 2025-12")).toEqual([
      { day: "2025-12-31", ...day },
      { day: "all", ...day },
    ]);
    const empty = await runPayflow("money --month 2024-01".split(" "), env);
    expect(empty).toMatchObject({ json: [], text: "No movements in this month." });
  });

  test("of a month is listed movement by movement", async () => {
    const movements = await run("money month --month 2026-01");
    expect(movements).toHaveLength(3);
    expect(movements[0]).toEqual({
      occurredAt: "2025-12-31T15:00:00.000Z",
      orderId,
      kind: "capture",
      amount: 22_000,
      supplyValue: 20_000,
      vat: 2_000,
      taxFree: null,
      method: "카드",
      cardIssuer: "61",
      cardNumber: "4330****123*",
      installmentMonths: 3,
      approvalNumber: "00000000",
      transactionKey: "txrd_2",
      paymentKey: "=key",
      receiptUrl: null,
    });
  });

  test("is written as CSV, one line per movement", async () => {
    const { printed: text } = await runPayflow("money --month 2026-01 --csv".split(" "), env);
    const [heads, ...lines] = text.split("\r\n");
    expect(heads).toStartWith("\uFEFF일시,주문 ID,구분,금액,공급가액,부가세,면세금액,");
    expect(lines).toEqual([
      `2026-01-01 00:00:00,${orderId},결제,22000,20000,2000,,카드,61,4330****123*,3,00000000,txrd_2,'=key,`,
      `2026-01-01 23:59:59,${orderId},환불,-2000,,,,카드,61,4330****123*,3,00000000,txrd_3,'=key,`,
      `2026-01-02 09:00:00,${orderId},입금 취소,-20000,,,,카드,61,4330****123*,3,00000000,txrd_4,'=key,`,
      "",
    ]);
  });

  test("is written completely, with any number of movements", async () => {
    await sql`
      insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
      select gen_random_uuid(), 1, n, 'capture', 1000, '2026-03-05T00:00:00Z'::timestamptz + n / 3 * interval '1 second', 'k'
      from generate_series(1, 4500) n`.execute(places.databases.payment);
    const words = "money month --month 2026-03 --csv".split(" ");
    const { printed } = await runPayflow(words, env);
    const lines = printed.trimEnd().split("\r\n");
    expect(lines).toHaveLength(4501);
    expect(new Set(lines).size).toBe(4501);
  });
});

test("db accepts a provider's address, and shows the result of each statement", async () => {
  const ORDER_DATABASE_URL = `${order.url}?connection_limit=5&sslmode=prefer`;
  const words = ["db", "order", "select 1 as one; select 'a' as two"];
  const { json, text } = await runPayflow(words, { ORDER_DATABASE_URL });
  expect(json).toEqual([[{ one: 1 }], [{ two: "a" }]]);
  expect(text).toBe("one\n───\n  1\n1 row\ntwo\n───\na\n1 row");
});

test("outbox retry and republish make published events wait again, and change nothing else", async () => {
  const waiting = async () => (await run("outbox status")).map((row) => row["waiting"]);
  expect(await waiting()).toEqual([0, 0]);
  expect(await run(`outbox retry ${eventId}`)).toEqual([
    { service: "order", toPublishAgain: 1 },
    { service: "payment", toPublishAgain: 0 },
  ]);
  expect(await waiting()).toEqual([1, 0]);
  await sql`delete from waiting_events`.execute(places.databases.order);
  const future = new Date(Date.now() + 60_000).toISOString();
  await run(`outbox republish --since ${future}`);
  await run("outbox republish --since 2026-01-01 --topic OrderExpired");
  expect(await waiting()).toEqual([0, 0]);
  await run("outbox republish --since 2026-01-01");
  expect(await waiting()).toEqual([1, 0]);
});

test("a dead letter is listed and shown, and not listed after a discard", async () => {
  const [letter] = await run("dead-letters list");
  expect(letter).toMatchObject({
    service: "order",
    topic: "PaymentConfirmed",
    error: "SyntaxError: no JSON",
  });
  const id = String(letter?.["id"]);
  expect(await runOne(`dead-letters show order ${id}`)).toMatchObject({ value: "garbage" });
  await run(`dead-letters discard order ${id} --yes`);
  expect(await run("dead-letters list")).toEqual([]);
});

test("deletes all messages without a valid signature, and no other dead letter", async () => {
  const db = places.databases.order;
  const letter = (offset: number) => ({
    topic: "PaymentExpired",
    partition: 0,
    offset: String(offset),
    key: null,
    value: null,
    headers: {},
    error: "no event",
  });
  await keepDeadLetters(db, [letter(1), letter(2)], { isSigned: false });
  await keepDeadLetters(db, [letter(3)]);
  const deleted = await runOne("dead-letters discard order unsigned --yes");
  expect(deleted).toEqual({ service: "order", deleted: 2 });
  const [left, ...more] = await run("dead-letters list");
  expect(more).toEqual([]);
  expect(Number(left?.["offset"])).toBe(3);
  await run(`dead-letters discard order ${String(left?.["id"])} --yes`);
});

test("a dead letter is shown and replayed byte for byte: text, binary and null", async () => {
  const text = (value: string) => Buffer.from(value);
  const values = [
    text('{"status":"DONE"}'),
    Buffer.from([0xff, 0xfe]),
    text("not JSON \0 at all"),
    text(""),
    null,
  ];
  const letters = values.map((value, offset) => ({
    topic: "PaymentConfirmed",
    partition: 0,
    offset: String(offset),
    key: value && "order-1",
    value,
    headers: { ce_id: `id-${offset}` },
    error: "no event",
  }));
  await keepDeadLetters(places.databases.payment, letters);
  const kept = (await run("dead-letters list")).toReversed();
  const shown: unknown[] = [];
  for (const { id } of kept) {
    shown.push((await runOne(`dead-letters show payment ${String(id)}`))["value"]);
    const replayed = await runOne(`dead-letters replay payment ${String(id)}`);
    expect(replayed).toMatchObject({ replayedAt: expect.any(String) });
  }
  expect(shown).toEqual(['{"status":"DONE"}', "\\xfffe", "not JSON \ufffd at all", "", null]);
  const sent = await messages(letters.length);
  expect(sent).toEqual(letters.map(({ key, value, headers }) => ({ key, value, headers })));
});

test("operators' actions are in the audit, with the operating system's user and the reason", async () => {
  const actor = operatorName();
  const done = async (service: "order" | "payment", count: number) =>
    (await listAudit(places.databases[service], { limit: count })).map(
      ({ id: _, at: __, detail: ___, ...row }) => row,
    );
  expect(actor).toMatch(/^cli:./);
  const reason = null;
  expect(await done("order", 100)).toEqual([
    { actor, action: "dead_letter.discarded", subject: "PaymentExpired 4", reason },
    { actor, action: "dead_letters.deleted", subject: "2 without a valid signature", reason },
    { actor, action: "dead_letter.discarded", subject: "PaymentConfirmed 1", reason },
    { actor, action: "events.republished", subject: "1 events", reason },
    { actor, action: "events.republished", subject: "1 events", reason },
  ]);
  const db = places.databases.payment;
  await sql`insert into reconciliations (day) values ('2026-01-02')`.execute(db);
  await sql`
    insert into reconciliation_exceptions (day, payment_key, transaction_key, kind, order_id)
    values ('2026-01-02', 'key-9', 'tx-9', 'missing_there', gen_random_uuid())`.execute(db);
  const words = "reconcile --day 2026-01-02 --resolve 테스트-상점의-결제 key-9";
  expect(await run(words)).toMatchObject([{ resolvedReason: "테스트-상점의-결제" }]);
  await expect(run(words)).rejects.toThrow("No difference on 2026-01-02");
  expect(await done("payment", 2)).toEqual([
    {
      actor,
      action: "reconciliation.resolved",
      subject: "2026-01-02 key-9",
      reason: "테스트-상점의-결제",
    },
    {
      actor,
      action: "dead_letter.replayed",
      subject: expect.stringMatching(/^PaymentConfirmed \d+$/),
      reason,
    },
  ]);
});

test("the audit of both services is listed, newest first", async () => {
  const rows = await run("audit");
  expect(rows[0]).toMatchObject({ service: "payment", action: "reconciliation.resolved" });
  expect(rows.at(-1)).toMatchObject({ service: "order", action: "events.republished" });
  expect(rows.map((row) => row["at"])).toEqual(
    rows
      .map((row) => row["at"])
      .toSorted()
      .reverse(),
  );
  expect(await run("audit --limit 1")).toEqual(rows.slice(0, 1));
});

test("dead letters can be searched, replayed by cause, and discarded with a reason", async () => {
  const db = places.databases.order;
  const letters = Array.from({ length: 5 }, (_, offset) => ({
    topic: "PaymentConfirmed",
    partition: 0,
    offset: String(100 + offset),
    key: `order-${offset}`,
    value: Buffer.from("{}"),
    headers: {},
    error: offset < 3 ? "amount differs" : "no such order",
  }));
  await keepDeadLetters(db, letters);
  const keys = async (words: string) => (await run(words)).map(({ key }) => key);
  expect(await keys("dead-letters list --search order-1")).toEqual(["order-1"]);
  expect(await keys("dead-letters list --search DIFFERS")).toEqual([
    "order-2",
    "order-1",
    "order-0",
  ]);
  expect(await keys("dead-letters list --search DIFFERS --limit 2")).toHaveLength(2);
  const [{ id } = { id: "" }] = await run("dead-letters list --search order-0");
  expect(await runOne(`dead-letters replay order ${String(id)} --same-cause`)).toEqual({
    service: "order",
    error: "amount differs",
    replayed: 3,
    mayHaveMore: false,
  });
  expect(await keys("dead-letters list")).toEqual(["order-4", "order-3"]);
  expect(await keys("dead-letters list --all --search DIFFERS")).toHaveLength(3);
  for (const { id } of await run("dead-letters list"))
    await run(`dead-letters discard order ${String(id)} --reason test-data --yes`);
  expect(await run("audit --limit 1")).toMatchObject([
    { action: "dead_letter.discarded", actor: operatorName(), reason: "test-data" },
  ]);
});

/** The first `count` messages of the topic. */
async function messages(count: number) {
  const read: unknown[] = [];
  const consumer = kafka.consumer({ groupId: `${prefix}reader` });
  const topic = `${prefix}PaymentConfirmed`;
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers = {} } }) => {
      const ce_id = String(headers["ce_id"]);
      read.push({ key: key && String(key), value, headers: { ce_id } });
    },
  });
  await eventually(() => read.length >= count, { what: "what was sent again", timeoutMs: 20_000 });
  await consumer.disconnect();
  return read;
}

test.each([
  ["outbox status2", "Did you mean status?"],
  ["outbox retry", "EVENT_ID is missing"],
  ["outbox retry x", '"x" is not an event id'],
  ["outbox retry ------------------------------------", "is not an option"],
  ["outbox republish", "--since is missing"],
  ["outbox republish --since soon", '--since is "soon", which is not a time'],
  ["outbox republish --since 1h --topic OrderConfirm", "Did you mean OrderConfirmed?"],
  ["orders list --email kim", '"kim" is not an e-mail address'],
  ["outbox status --since 2026-01-01", "--since is not an option"],
  ["outbox status now", '"now" is an unexpected argument'],
  ["dead-letters show order 99", "There is no dead letter 99 of order"],
  ["dead-letters show shop 1", "must be one of order, payment"],
  ["dead-letters show order x", '"x" is not the id of a dead letter'],
  ["dead-letters discard order 1", "Nothing was done: add --yes to agree"],
  ["dead-letters list --yes", "--yes is not an option"],
  ["reconcile no-such-order", "is not an order's number or id"],
  ["reconcile 1127-K7P3", 'There is no order "1127-K7P3"'],
  ["payments query 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "There is no payment for order"],
  ["reconcile --day 2026-02-30", "is not a date"],
  ["reconcile --day 2026-01-01 x", "--day and an order exclude each other"],
  ["reconcile --resolve why", "--resolve needs --day"],
  ["reconcile key --day 2026-01-01 --resolve why", "No difference on 2026-01-01"],
  ["payments query", "ORDER is missing"],
])("%s is rejected with a remedy", async (words, reason) => {
  await expect(run(words)).rejects.toThrow(reason);
});

test("reads Kafka's settings like the services", async () => {
  expect(await run("reconcile")).toEqual([]);
  const env = {
    ORDER_DATABASE_URL: order.url,
    PAYMENT_DATABASE_URL: payment.url,
    KAFKA_BROKERS: "127.0.0.1:1",
    KAFKA_SASL_USERNAME: "me",
  };
  expect(() => openPlaces(env, "/nowhere")).toThrow(/go together/);
});

test("db reports a server that takes no connection with its address and a remedy", async () => {
  // accepts connections and never answers
  using silent = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data() {} } });
  const url = `postgres://payflow@127.0.0.1:${silent.port}/order?connect_timeout=1`;
  await expect(
    runPayflow(["db", "order", "select 1"], { ...env, ORDER_DATABASE_URL: url }),
  ).rejects.toThrow(
    new RegExp(`^A database does not respond \\(.*127.0.0.1:${silent.port}\\): check`),
  );
});

test("lists open payments with their next step, those that need manual review first", async () => {
  const newId = () => Bun.randomUUIDv7();
  const [scheduled, refunded, deposited, old] = [newId(), newId(), newId(), newId()];
  const attempt = {
    paymentKey: "key-1",
    status: "UNKNOWN",
    checks: 3,
    nextAt: "2026-01-05T05:00:00.000Z",
    failure: { code: "NO_ANSWER", message: "" },
    cancel: null,
  };
  const refund = {
    key: "refund-1",
    status: "REQUESTED",
    checks: 0,
    failure: null,
    nextAt: "2026-01-05T05:00:01.000Z",
  };
  const deposit = {
    ...attempt,
    status: "VOIDING",
    failure: null,
    nextAt: "2026-01-05T05:00:02.000Z",
    cancel: { needsAccount: true, account: null },
  };
  const save = (id: string, attempts: unknown[], refunds: unknown[] = []) =>
    sql`
      insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys, refunds,
        expires_at, changed_at, next_at)
      values (${id}, 1, 'CANCELED', '', 1, 'KRW', ${JSON.stringify(attempts)}::text::jsonb, '{}',
        ${JSON.stringify(refunds)}::text::jsonb, now(), now(), now())`.execute(
      places.databases.payment,
    );
  await save(scheduled, [attempt, { ...attempt, status: "DECLINED" }]);
  await save(refunded, [{ ...attempt, status: "APPROVED" }], [refund]);
  await save(deposited, [deposit]);
  await save(old, [{ ...attempt, checks: 71, nextAt: "2026-01-06T00:00:00.000Z" }]);
  const rows = await run("reconcile");
  expect(rows.map((row) => [row["orderId"], row["waitsFor"]])).toEqual([
    [old, "manual review"],
    [scheduled, "Toss"],
    [refunded, "Toss"],
    [deposited, "an account"],
  ]);
  expect(rows.slice(1, 3)).toEqual([
    {
      orderId: scheduled,
      paymentStatus: "CANCELED",
      kind: "attempt",
      key: "key-1",
      status: "UNKNOWN",
      lastResponse: "NO_ANSWER",
      queries: 3,
      nextQueryAt: "2026-01-05T05:00:00.000Z",
      waitsFor: "Toss",
    },
    {
      orderId: refunded,
      paymentStatus: "CANCELED",
      kind: "refund",
      key: "refund-1",
      status: "REQUESTED",
      lastResponse: "-",
      queries: 0,
      nextQueryAt: "2026-01-05T05:00:01.000Z",
      waitsFor: "Toss",
    },
  ]);
  // no payment service runs here
  await expect(reconcileOne(scheduled, places, 0)).rejects.toThrow(
    "is requested but not done yet: it needs a running payment service",
  );
});
