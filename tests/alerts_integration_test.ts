// Each alert of deploy/prometheus/alerts.yaml fires on its cause, and ends when the cause is removed. Each kind of item
// that needs attention is on the console's list, and ends by what docs/operating.md says. The alerts' `for` times are
// ignored.
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { createEventProducer, connectKafka } from "@payflow/outbox/testing";
import { AttentionItem } from "@payflow/back-office";
import { eventually, ownKafka } from "@payflow/local-stack/testing";
import { runPayflow } from "@payflow/operate/testing";
import { silentLog } from "@payflow/shared/http";
import postgres from "postgres";
import { readAlerts, readDashboard } from "./alert_files.ts";
import { evaluate, metricNames, parseMetrics, type Scrape } from "./promql.ts";
import { shopperOf, type OrderAnswer } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

const alerts = await readAlerts();
/** Between scrapes, because each one reads both services' tables. */
const scrapePauseMs = 500;
const fired = new Set<string>();
const ended = new Set<string>();
const listed = new Set<string>();
const resolved = new Set<string>();

let kafka: Awaited<ReturnType<typeof ownKafka>>;
let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;
let payments: postgres.Sql;
/** All scrapes since the beginning of the test, as the window of `increase`. */
let scrapes: Scrape[] = [];
let merchantKey: string;
let Cookie: string;
let env: Record<string, string>;

beforeAll(async () => {
  kafka = await ownKafka();
  stack = await testStack({
    brokers: kafka.brokers,
    // with batches of one, a second order already waits
    order: { GATHER_MAX: "1", CONFIRM_WAIT_MS: "300" },
    payment: { RECONCILE_AFTER_MS: "100", CONFIRM_WAIT_MS: "100" },
  });
  merchantKey = stack.merchantKey;
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 4, onnotice() {} });
  payments = postgres(stack.databases.payment, { max: 4, onnotice() {} });
  env = {
    ...stack.kafka,
    ORDER_DATABASE_URL: stack.databases.order,
    PAYMENT_DATABASE_URL: stack.databases.payment,
    PUBLIC_URL: stack.url,
    PAYFLOW_API_KEY: merchantKey,
    TOSS_SANDBOX_URL: stack.sandboxUrl,
  };
  const signedIn = await asOperator("/sign-in", { key: merchantKey });
  Cookie = signedIn.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
});
afterAll(async () => {
  await Promise.all([orders.end(), payments.end()]);
  await stack.close();
  await kafka.close();
});
beforeEach(async () => {
  scrapes = [];
  await scrape();
  await eventually(quiet, { timeoutMs: 60_000 });
});

const asOperator = (path: string, form: Record<string, string>) =>
  fetch(`${stack.url}/admin${path}`, {
    method: "POST",
    headers: { Origin: stack.url, ...(Cookie ? { Cookie } : {}) },
    body: new URLSearchParams(form),
    redirect: "manual",
  });

const payflow = async (...words: string[]) => await runPayflow(words, env);

/** The kinds of the items on the console's list. */
async function kinds(): Promise<string[]> {
  const page = await fetch(`${stack.url}/admin`, { headers: { Cookie } });
  const ids = [...(await page.text()).matchAll(/<li class="panel item" id="([a-z_]+)-/g)];
  return ids.map(([, kind = ""]) => kind);
}

const patient = { timeoutMs: 120_000, pauseMaxMs: scrapePauseMs };

async function lists(...some: AttentionItem["kind"][]): Promise<void> {
  await eventually(async () => expect(await kinds()).toEqual(expect.arrayContaining(some)), {
    ...patient,
    what: some.join(", "),
  });
  for (const kind of some) listed.add(kind);
}

async function resolves(...some: AttentionItem["kind"][]): Promise<void> {
  await eventually(
    async () => {
      const shown = await kinds();
      expect(some.filter((kind) => shown.includes(kind))).toEqual([]);
    },
    { ...patient, what: `the end of ${some.join(", ")}` },
  );
  for (const kind of some) resolved.add(kind);
}

const clearFaults = () => fetch(`${stack.sandboxUrl}/_sandbox/faults`, { method: "DELETE" });

async function scrape(): Promise<void> {
  const targets = [
    { url: stack.url, headers: { Authorization: `Bearer ${merchantKey}` } },
    { url: stack.paymentUrl, headers: { "X-Internal-Key": stack.internalKey } },
  ];
  const each = targets.map(async ({ url, headers }): Promise<Scrape> => {
    const response = await fetch(`${url}/metrics`, { headers });
    const labels = { job: "payflow", instance: url };
    const up = { name: "up", labels, value: Number(response.ok) };
    return [up, ...(response.ok ? parseMetrics(await response.text(), labels) : [])];
  });
  scrapes.push((await Promise.all(each)).flat());
}

async function firing(): Promise<string[]> {
  await scrape();
  return alerts.filter(({ expr }) => evaluate(expr, scrapes).length > 0).map(({ alert }) => alert);
}

async function fires(...names: string[]): Promise<void> {
  await eventually(async () => expect(await firing()).toEqual(expect.arrayContaining(names)), {
    timeoutMs: 120_000,
    pauseMaxMs: scrapePauseMs,
    what: names.join(", "),
  });
  for (const name of names) fired.add(name);
}

/** Starts a new window of `increase`, and waits until no alert fires. */
async function end(...names: string[]): Promise<void> {
  await eventually(
    async () => {
      scrapes = [];
      await scrape();
      await quiet();
    },
    { timeoutMs: 120_000, pauseMaxMs: scrapePauseMs, what: `the end of ${names.join(", ")}` },
  );
  for (const name of names) ended.add(name);
}

async function quiet(): Promise<void> {
  expect(await firing()).toEqual([]);
}

test("every metric of the alerts and the dashboard exists", async () => {
  const existing = new Set((scrapes.at(-1) ?? []).map(({ name }) => name));
  const panels = await readDashboard();
  const expressions = [...alerts.map(({ expr }) => expr), ...panels.map(({ expr }) => expr)];
  expect(expressions.length).toBeGreaterThan(35);
  // some counters appear only after a payment
  await shopper.pay();
  await eventually(async () => {
    await scrape();
    for (const { name } of scrapes.at(-1) ?? []) existing.add(name);
    const missing = expressions.flatMap(metricNames).filter((name) => !existing.has(name));
    expect([...new Set(missing)]).toEqual([]);
  });
});

test("alerts on unsigned messages, consumer lag and dead letters", async () => {
  const kafkaClient = connectKafka({ brokers: kafka.brokers, clientId: "other" }, silentLog);
  const producer = createEventProducer(kafkaClient, stack.kafka["KAFKA_PREFIX"]);
  const message = { topic: "OrderCreated", key: null, value: "not ours", headers: {} };
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const lock = payments.begin(async (sql) => {
    await sql`lock table dead_letters in share mode`;
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  await producer.send(Array.from({ length: 1_100 }, () => message));
  await producer.close();
  await fires("PayflowConsumerLag");
  await lists("consumer_behind");
  held.resolve();
  await lock;
  await fires("PayflowUnsignedMessages", "PayflowDeadLetters");
  await lists("unsigned_messages", "dead_letters");
  await payflow("dead-letters", "discard", "payment", "unsigned", "--yes");
  await end("PayflowConsumerLag", "PayflowUnsignedMessages", "PayflowDeadLetters");
  await resolves("consumer_behind", "dead_letters");
  // a day without another one
  await payments`update unsigned_messages set last_refused_at = now() - interval '1 day'`;
  await resolves("unsigned_messages");
});

test("alerts on an unreachable Toss, and on a payment at the end of its query schedule", async () => {
  const placed: OrderAnswer[] = [];
  while (placed.length < 25) placed.push(await shopper.place());
  const authenticated = await Promise.all(placed.map((order) => shopper.authenticate(order)));
  await shopper.sandbox(
    "/_sandbox/faults",
    ["confirm", "find"].map((operation) => ({ operation, fault: "lose_response" })),
  );
  await Promise.all(authenticated.map((one) => shopper.confirm(one)));
  const [first] = placed;
  await payments`update payments set attempts = jsonb_set(attempts, '{0,firstSentAt}',
    to_jsonb(now() - interval '2 minutes')) where status = 'IN_PROGRESS'`;
  await payments`update payments set attempts = jsonb_set(attempts, '{0,checks}', '71')
    where id = ${first?.orderId ?? ""}`;
  await fires(
    "PayflowTossUnreachable",
    "PayflowTossFails",
    "PayflowOutcomesOpen",
    "PayflowPaymentNeedsReview",
  );
  await lists("confirm_open", "manual_review");
  await clearFaults();
  await payflow("payments", "query", first?.orderId ?? "");
  await end(
    "PayflowTossUnreachable",
    "PayflowTossFails",
    "PayflowOutcomesOpen",
    "PayflowPaymentNeedsReview",
  );
  await Promise.all(placed.map(({ orderId }) => shopper.becomes(orderId, "CONFIRMED")));
  await resolves("confirm_open", "manual_review");
});

test("lists refunds and returns without an outcome, until Toss is queried", async () => {
  const { orderId } = await shopper.pay();
  const late = await shopper.place();
  const confirm = await shopper.authenticate(late);
  await shopper.sandbox("/_sandbox/faults", [
    { operation: "confirm", fault: "lose_response", orderId: late.orderId },
    { operation: "find", fault: "not_found", orderId: late.orderId },
  ]);
  expect((await shopper.confirm(confirm)).status).toBe(202);
  expect((await shopper.cancel(late.orderId)).status).toBe(200);
  await clearFaults();
  await shopper.sandbox("/_sandbox/faults", { operation: "cancel", fault: "error_before" });
  expect((await shopper.refund(orderId, { reason: "변심" })).status).toBe(202);
  await payflow("payments", "query", late.orderId);
  await eventually(async () => {
    const made = await payments`update payments set changed_at = now() - interval '2 minutes'
      where id = ${late.orderId} and attempts @> '[{"status": "VOIDING"}]'`;
    expect(made.count).toBe(1);
  }, patient);
  await payments`update payments set refunds = jsonb_set(refunds, '{0,firstSentAt}',
    to_jsonb(now() - interval '2 minutes')) where id = ${orderId}`;
  await lists("refund_open", "return_open");
  await clearFaults();
  await payflow("payments", "query", orderId);
  await payflow("payments", "query", late.orderId);
  await resolves("refund_open", "return_open");
});

test("lists a refund request, a tax-free amount that differs, and a mail that was given up", async () => {
  const { orderId } = await shopper.pay();
  const requested = await fetch(`${stack.url}/api/orders/${orderId}/refund-request`, {
    method: "POST",
    headers: { ...shopper.sessionOf(orderId), "Content-Type": "application/json" },
    body: JSON.stringify({ kind: "defective", text: "눌리지 않습니다" }),
  });
  expect(requested.status).toBe(200);
  await payments`update payments set tax_free_differs = true where id = ${orderId}`;
  await orders`insert into mails (order_id, version, kind, facts, next_at, outcome, tries, ended_at)
    values (${orderId}, 1000, 'OrderConfirmed', '{}', null, 'gave_up', 1, now())`;
  const all = ["refund_requested", "tax_free_differs", "mails_failed"] as const;
  await lists(...all);
  await payflow("orders", "decline", orderId, "--answer", "사용하신 제품입니다", "--yes");
  await asOperator(`/events/mails/${orderId}.1000.1/resend`, {});
  await payments`update payments set changed_at = now() - interval '31 days' where id = ${orderId}`;
  await resolves(...all);
});

test("alerts on a deposit for a closed order that waits for a refund account", async () => {
  const order = await shopper.place();
  const { paymentKey, ...rest } = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
  const { orderId } = order;
  await shopper.sandbox("/_sandbox/faults", [
    { operation: "confirm", fault: "lose_response", times: 1, orderId },
    { operation: "find", fault: "not_found", orderId },
  ]);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  expect((await shopper.confirm({ paymentKey, ...rest })).status).toBe(202);
  await shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, {});
  expect((await shopper.cancel(orderId)).status).toBe(200);
  await clearFaults();
  await shopper.sandbox("/_sandbox/webhooks", {});
  await fires("PayflowRefundAccountMissing");
  await lists("account_needed");
  const refundAccount = { bank: "20", accountNumber: "1002123456789", holderName: "김토스" };
  const refunded = await shopper.refund(orderId, { reason: "마감된 주문", refundAccount });
  expect(refunded.status).toBeOneOf([200, 202]);
  await end("PayflowRefundAccountMissing");
  await resolves("account_needed");
});

test("alerts on money without an order, an unrecovered payment, a refund that was not paid out, and a difference from Toss's list", async () => {
  const [orderId, unpaid, twice] = [0, 0, 0].map(() => crypto.randomUUID()) as [
    string,
    string,
    string,
  ];
  const dismiss = async (id: string) => {
    const { json } = await payflow("payments", "dismiss", id, "--reason", "test", "--json");
    expect(json).toEqual({ orderId: id, isDismissed: true });
  };
  await orders`insert into orphaned_payments (order_id, payment) values (${orderId}, '{"balanceAmount": 1000}')`;
  await payments`insert into unrecovered (order_id, version, doubt) values (${orderId}, 0, 'behind')`;
  await payments`insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys,
      refunds, expires_at, changed_at)
    values (${unpaid}, 1, 'CANCELED', '', 1000, 'KRW', '[{"paymentKey": "key", "payout": "FAILED", "isPayoutDismissed": false}]', '{}', '[]', now(), now())`;
  await payments`insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys,
      refunds, expires_at, changed_at)
    values (${twice}, 1, 'CANCELED', '', 1000, 'KRW', '[{"paymentKey": "key", "payout": null, "paidOutsideAt": "2026-01-05T00:00:00Z"}]', '{}', '[]', now(), now())`;
  await payments`insert into reconciliations (day, finished_at, matched) values ('2026-01-05', now(), 0)`;
  await payments`insert into reconciliation_exceptions (day, payment_key, transaction_key, kind, order_id, listed_krw)
    values ('2026-01-05', 'key', 'transaction', 'missing_here', ${orderId}, 1000)`;
  const names = [
    "PayflowMoneyWithoutOrder",
    "PayflowPaymentUnrecovered",
    "PayflowPayoutFailed",
    "PayflowPaidTwice",
    "PayflowReconciliationException",
  ];
  await fires(...names);
  const refused = ["payout_failed", "paid_twice", "unrecovered"] as const;
  const all = [...refused, "payment_without_order", "reconciliation"] as const;
  await lists(...all);
  for (const id of [orderId, unpaid, twice]) await dismiss(id);
  // order has no such order
  await eventually(async () => {
    const found =
      await orders`update dead_letters set discarded_at = now() where discarded_at is null`;
    expect(found.count).toBe(1);
  }, patient);
  await payflow("reconcile", "--day", "2026-01-05", "--resolve", "test", "key");
  await end(...names);
  await resolves(...all);
  // the same alert by payment's own table
  await payments`insert into unclaimed_money (transaction_key, order_id, payment_key, amount_krw)
    values ('transaction', ${orderId}, 'key', 1000)`;
  await fires("PayflowMoneyWithoutOrder");
  await lists("money_without_order");
  await dismiss(orderId);
  await end("PayflowMoneyWithoutOrder");
  await resolves("money_without_order");
});

test("alerts on unhandled webhooks", async () => {
  await payments`insert into webhooks (id, event_type, body, next_at, received_at)
    select gen_random_uuid()::text, 'PAYMENT_STATUS_CHANGED', '{}', now() + interval '1 hour',
      now() - interval '2 minutes'
    from generate_series(1, 101)`;
  await fires("PayflowWebhooksWaiting");
  await lists("webhooks_waiting");
  await payments`update webhooks set next_at = now() where handled_at is null`;
  await end("PayflowWebhooksWaiting");
  await resolves("webhooks_waiting");
});

test("alerts on a failing webhook endpoint, and on one that was turned off", async () => {
  await orders`insert into webhook_endpoints (id, url, description, secret, failing_since)
    values (gen_random_uuid(), 'https://shop.example/', '', 'whsec_', now() - interval '61 minutes')`;
  await fires("PayflowWebhookEndpointFails");
  await lists("endpoint_failing");
  await orders`update webhook_endpoints set disabled_at = now(), disabled_reason = 'gone'`;
  await fires("PayflowWebhookEndpointOff");
  await lists("endpoint_off");
  await resolves("endpoint_failing");
  const [{ id } = { id: "" }] = await orders<{ id: string }[]>`select id from webhook_endpoints`;
  await payflow("webhooks", "endpoints", "change", id, "--on");
  await end("PayflowWebhookEndpointFails", "PayflowWebhookEndpointOff");
  await resolves("endpoint_off");
  await orders`delete from webhook_endpoints`;
});

test("alerts on a worker that always fails", async () => {
  await payments`alter table reconciliations rename to reconciliations_away`;
  await fires("PayflowWorkerBehind");
  await payments`alter table reconciliations_away rename to reconciliations`;
  await end("PayflowWorkerBehind");
});

test("alerts on internal errors, and on orders rejected for overload", async () => {
  await orders.unsafe(
    "alter table orders add constraint refused check (customer_name is null) not valid",
  );
  await expect(shopper.place()).rejects.toThrow("internal_error");
  await fires("PayflowErrors");
  await orders.unsafe("alter table orders drop constraint refused");
  await end("PayflowErrors");

  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const lock = orders.begin(async (sql) => {
    await sql`lock table orders in share mode`;
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  const placing: Promise<unknown>[] = [];
  await eventually(async () => {
    placing.push(shopper.place().catch(() => {}));
    await scrape();
    expect(await firing()).toContain("PayflowRefusesOrders");
  });
  fired.add("PayflowRefusesOrders");
  held.resolve();
  await lock;
  await Promise.all(placing);
  await end("PayflowRefusesOrders");
});

test("alerts on a service that can't be scraped, and on an unreachable database", async () => {
  merchantKey = "another";
  await fires("PayflowDown");
  merchantKey = stack.merchantKey;
  await end("PayflowDown");

  const url = new URL(stack.databases.order);
  const name = url.pathname.slice(1);
  url.pathname = "/postgres";
  const admin = postgres(url.href, { max: 1, onnotice() {} });
  const allow = (isAllowed: boolean) =>
    admin.unsafe(`alter database "${name}" with allow_connections ${isAllowed}`);
  await allow(false);
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
  await fires("PayflowDatabaseUnreachable");
  await allow(true);
  await admin.end();
  await end("PayflowDatabaseUnreachable");
});

test("alerts on an unreachable Kafka, a stopped relay and old outbox rows", async () => {
  await kafka.kill();
  await shopper.pay();
  await orders`update events set created_at = created_at - interval '2 minutes'`;
  const names = ["PayflowKafkaUnreachable", "PayflowRelayStopped", "PayflowOutboxOld"];
  await fires(...names);
  await lists("outbox_old", "relay_missing");
  await kafka.start();
  await end(...names);
  await resolves("outbox_old", "relay_missing");
});

test("every alert has fired and ended", () => {
  const all = alerts.map(({ alert }) => alert).sort();
  expect([...fired].sort()).toEqual(all);
  expect([...ended].sort()).toEqual(all);
});

test("every kind of item that needs attention was on the console's list, and was resolved", () => {
  const all = AttentionItem.entries.kind.options.toSorted();
  expect([...listed].sort()).toEqual(all);
  expect([...resolved].sort()).toEqual(all);
});
