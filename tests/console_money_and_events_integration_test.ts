// The console's money and event pages, with both services running.
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { adminEvents, adminMoney, topicReader } from "@payflow/console";
import { httpPayments } from "@payflow/order/testing";
import { openDatabase, type Database } from "@payflow/database";
import { listAudit } from "@payflow/outbox";
import { keepDeadLetters } from "@payflow/outbox/testing";
import { koreanDayOf } from "@payflow/shared";
import { messageCalls } from "@payflow/back-office/messages";
import { readKafkaSettings, silentLog } from "@payflow/shared/http";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

type Role = "read" | "operate" | "admin";

let stack: TestStack;
let databases: Readonly<Record<"order" | "payment", Database>>;
let clients: Readonly<Record<"order" | "payment", postgres.Sql>>;
let role: Role = "operate";
let events: ReturnType<typeof adminEvents>;
let money: ReturnType<typeof adminMoney>;
let payments: ReturnType<typeof httpPayments>;

beforeAll(async () => {
  stack = await testStack();
  const open = (url: string) => openDatabase({ url, applicationName: "console-test" });
  databases = { order: open(stack.databases.order), payment: open(stack.databases.payment) };
  const client = (url: string) => postgres(url, { max: 1, onnotice() {} });
  clients = { order: client(stack.databases.order), payment: client(stack.databases.payment) };
  const { paymentUrl: url, internalKey: internalApiKey } = stack;
  payments = httpPayments({ url, internalApiKey, confirmWaitMs: 3_000, log: silentLog });
  const { operate } = payments;
  const operator = () => ({ name: "kim", role });
  const kafka = readKafkaSettings(stack.kafka, "console-test");
  const own = messageCalls(databases.order.kysely, kafka, silentLog);
  events = adminEvents({ own, topics: topicReader(kafka, silentLog), operate, operator });
  money = adminMoney({ operate, operator });
}, 600_000);
afterAll(async () => {
  await Promise.all([clients.order.end(), clients.payment.end()]);
  await Promise.all([databases.order.close(), databases.payment.close()]);
  await stack.close();
});
beforeEach(async () => {
  role = "operate";
  for (const part of ["order", "payment"] as const) await clients[part]`truncate dead_letters`;
});

const keep = (part: "order" | "payment", offset: number, error = "There is no order") =>
  keepDeadLetters(databases[part].kysely, [
    {
      topic: part === "order" ? "PaymentConfirmed" : "OrderCreated",
      partition: 0,
      offset: String(offset),
      key: `${part}-${offset}`,
      value: Buffer.from(`{"of":"${part} ${offset}"}`),
      headers: { ce_id: `${part}-event-${offset}` },
      error,
    },
  ]);

async function allLetters(options: Parameters<typeof events.listDeadLetters>[0] = {}) {
  const pages = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof events.listDeadLetters>> = await events.listDeadLetters(
      options,
      after,
    );
    pages.push(page.rows);
    after = page.next;
  }
  return pages;
}

async function done(part: "order" | "payment") {
  const rows = await listAudit(databases[part].kysely, { limit: 1 });
  return rows.map(({ actor, action, reason }) => [actor, action, reason])[0];
}

test("dead letters of both services are listed, shown, and replayed by their own service", async () => {
  await keep("order", 1);
  await keep("payment", 2);
  const letters = (await allLetters()).flat();
  expect(letters.map(({ part, key }) => [part, key])).toEqual([
    ["payment", "payment-2"],
    ["order", "order-1"],
  ]);
  for (const { part, id, topic, key } of letters) {
    expect(await events.findDeadLetter(part, id)).toMatchObject({
      part,
      headers: { ce_id: `${part}-event-${part === "order" ? 1 : 2}` },
    });
    await events.replayDeadLetter(part, id);
    const sent = await events.listMessages(topic, { key: key ?? "" });
    expect(sent.rows).toMatchObject([{ key, eventId: `${part}-event-${key?.slice(-1)}` }]);
    expect(await done(part)).toEqual(["key:kim", "dead_letter.replayed", null]);
    expect((await events.findDeadLetter(part, id))?.replayedAt).toBeString();
  }
  for (const part of ["order", "payment"] as const)
    await expect(events.replayDeadLetter(part, "999999")).rejects.toMatchObject({
      code: "dead_letter_not_found",
    });
});

test("listDeadLetters() merges both services' letters, newest first, each letter once", async () => {
  const error = "kept to be listed";
  for (let offset = 1; offset <= 70; offset++)
    await keep(offset % 3 === 0 ? "payment" : "order", offset, error);
  const [first, second, ...more] = await allLetters();
  expect([first?.length, more]).toEqual([50, []]);
  // letters that an earlier test replayed may have failed again
  const own = [...(first ?? []), ...(second ?? [])].filter((letter) => letter.error === error);
  const times = own.map(({ createdAt }) => createdAt);
  expect(times).toEqual(times.toSorted().reverse());
  // letters of the same millisecond may come in either order
  const numbers = own.map(({ key }) => Number(key?.split("-")[1])).sort((a, b) => b - a);
  expect(numbers).toEqual(Array.from({ length: 70 }, (_, index) => 70 - index));
  expect((await allLetters({ q: "payment-3" })).flat()).toMatchObject([{ part: "payment" }]);
});

test("replayCause() replays all letters of a cause, and discardDeadLetter() needs a reason", async () => {
  for (const part of ["order", "payment"] as const) {
    for (const offset of [11, 12, 13]) await keep(part, offset, "the product was missing");
    await keep(part, 14, "nonsense");
    expect(await events.replayCause(part, "the product was missing")).toBe(3);
    const [left, ...more] = (await allLetters())
      .flat()
      .filter((one) => one.part === part && one.error === "nonsense");
    expect(more).toEqual([]);
    const id = left?.id ?? "";
    await expect(events.discardDeadLetter(part, id, " ")).rejects.toMatchObject({
      code: "invalid_request",
    });
    await events.discardDeadLetter(part, id, "a test's message");
    expect(await done(part)).toEqual(["key:kim", "dead_letter.discarded", "a test's message"]);
  }
});

test("an operator of role read can change nothing", async () => {
  role = "read";
  await keep("order", 21);
  const [letter] = (await allLetters()).flat();
  const refused = { code: "role_too_weak" };
  const id = letter?.id ?? "";
  await expect(events.replayDeadLetter("order", id)).rejects.toMatchObject(refused);
  await expect(events.replayCause("payment", "x")).rejects.toMatchObject(refused);
  await expect(events.discardDeadLetter("order", id, "why")).rejects.toMatchObject(refused);
  await expect(money.requestReconciliation("2026-01-05")).rejects.toMatchObject(refused);
});

test("readTopics() and readOutbox() cover both services, and internal topics are hidden", async () => {
  const topics = await events.readTopics();
  expect(topics.map(({ topic }) => topic)).toContain("PaymentConfirmed");
  expect((await events.readOutbox()).map(({ part, relays }) => [part, relays])).toEqual([
    ["order", 1],
    ["payment", 1],
  ]);
  expect(await events.listMessages("__consumer_offsets", {})).toEqual({ rows: [], next: null });
});

test("a payment is in its month's totals, its webhook is masked, and Toss is reported as up", async () => {
  const shopper = shopperOf(stack);
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order);
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  const day = koreanDayOf(new Date().toISOString());
  const month = await money.readMonth(day.slice(0, 7));
  expect(month.totals).toMatchObject({ captured: order.amount, refunded: 0, captures: 1 });
  const lines = await Array.fromAsync(money.exportMonth(day.slice(0, 7), "ko"));
  expect(lines.join("")).toContain(`${order.orderId},결제,${order.amount},`);
  const { rows } = await eventually(async () => {
    const page = await events.listWebhooks({ orderId: order.orderId });
    expect(page.rows.at(0)?.handledAt).toBeString();
    return page;
  });
  const webhook = await events.findWebhook(rows[0]?.id ?? "");
  expect(webhook?.body).toContain(order.orderId);
  expect(webhook?.body).not.toMatch(/"secret":"(?!\*\*\*)/);
  const attention = await payments.operate("attention", {});
  expect(attention.toss).toMatchObject({ state: "up", successRate: 1 });
  expect(attention.toss.calls).toBeGreaterThan(0);
  // the replayed messages above are unsigned
  expect(attention.items.filter(({ kind }) => kind !== "unsigned_messages")).toEqual([]);
});

test("a day is compared on request, and differences are resolved only with a reason, one or all of a kind", async () => {
  const day = koreanDayOf(new Date().toISOString());
  await expect(money.requestReconciliation("2099-01-01")).rejects.toMatchObject({
    code: "invalid_request",
  });
  const book = (version: number) => clients.payment`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
    values ('0190a000-0000-7000-8000-00000000000a', ${version}, 1, 'capture', 1000, now(), ${`key-${version}`})`;
  for (const version of [1, 2, 3]) await book(version);
  await money.requestReconciliation(day);
  const found = await eventually(
    async () => {
      const reconciliation = await money.findReconciliation(day);
      expect(reconciliation?.finishedAt).toBeString();
      return reconciliation;
    },
    { timeoutMs: 60_000 },
  );
  expect(found?.exceptions).toHaveLength(3);
  const [one] = found?.exceptions ?? [];
  if (one === undefined) throw new Error("nothing differs");
  const { paymentKey, transactionKey, kind } = one;
  const exception = { day, paymentKey, transactionKey, kind };
  await expect(money.resolveException({ ...exception, reason: " " })).rejects.toMatchObject({
    code: "invalid_request",
  });
  await money.resolveException({ ...exception, reason: "booked by hand" });
  await expect(money.resolveException({ ...exception, reason: "x" })).rejects.toMatchObject({
    code: "exception_not_found",
  });
  expect(await money.resolveExceptions?.({ kind, reason: "booked by hand" })).toBe(2);
  expect(await done("payment")).toEqual(["key:kim", "reconciliation.resolved", "booked by hand"]);
  const today = (await money.readMonth(day.slice(0, 7))).days.find((each) => each.day === day);
  expect(today).toMatchObject({ reconciliation: "matched", differences: 0 });
});
