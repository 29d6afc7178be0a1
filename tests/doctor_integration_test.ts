import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asLines, diagnose, type Finding } from "@payflow/operate";
import { connectKafka } from "@payflow/outbox";
import { readKafkaSettings, silentLog } from "@payflow/shared/http";
import { eventually } from "@payflow/local-stack/testing";
import { ConfigResourceTypes } from "kafkajs";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let order: postgres.Sql;
let payment: postgres.Sql;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), "payflow-doctor-"));

beforeAll(async () => {
  stack = await testStack();
  const open = (url: string) => postgres(url, { max: 1, onnotice() {} });
  order = open(stack.databases.order);
  payment = open(stack.databases.payment);
  env = {
    ...stack.kafka,
    ORDER_DATABASE_URL: stack.databases.order,
    PAYMENT_DATABASE_URL: stack.databases.payment,
    ORDER_PORT: new URL(stack.url).port,
    PAYMENT_PORT: new URL(stack.paymentUrl).port,
    PUBLIC_URL: stack.url,
    TOSS_API_URL: stack.sandboxUrl,
    MERCHANT_API_KEY: stack.merchantKey,
    INTERNAL_API_KEY: stack.internalKey,
    SESSION_SECRET: "session-secret-of-the-tests",
  };
}, 600_000);
afterAll(async () => {
  await Promise.all([order.end(), payment.end()]);
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The findings with these settings, except those of level "fine". */
async function found(change: Record<string, string> = {}): Promise<Finding[]> {
  // `root` is a scratch folder, so that no developer's .env is read
  const patient = { env: { ...env, ...change }, dataDir: folder, root: folder };
  return (await diagnose(patient)).filter(({ level }) => level !== "fine");
}

const about = (level: Finding["level"], what: string, says: string | RegExp) =>
  expect.objectContaining({ level, about: what, says: expect.stringMatching(new RegExp(says)) });

/** A port without a listener. */
const closed = "1";

test("diagnose() finds no fault in a working setup", async () => {
  await eventually(async () => expect(await found()).toEqual([]), { timeoutMs: 60_000 });
  const all = await diagnose({ env, dataDir: folder, root: folder });
  expect(asLines(all)).toMatch(
    /✓ Kafka: 1 broker answers[^]*\n\n0 faults, 0 warnings, \d+ things fine$/,
  );
});

const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("<html>") });
afterAll(() => other.stop(true));

const away = { host: "127.0.0.1", port: closed };
const at = (url: string, change: Partial<{ port: string; pathname: string; password: string }>) =>
  Object.assign(new URL(url), change).href;

const planted: [string, () => Record<string, string>, () => unknown[]][] = [
  [
    "an invalid port",
    () => ({ TOSS_SANDBOX_PORT: "99999" }),
    () => [about("fault", "settings", "TOSS_SANDBOX_PORT")],
  ],
  [
    "half of Toss's keys",
    () => ({ TOSS_CLIENT_KEY: "test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq" }),
    () => [about("fault", "settings", "TOSS_SECRET_KEY")],
  ],
  [
    "a test key together with a live key",
    () => ({
      TOSS_CLIENT_KEY: "test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq",
      TOSS_SECRET_KEY: "live_sk_D5GePWvyJnrK0W0k6q8gLzN97Eoq",
    }),
    () => [about("fault", "order's settings", "TOSS_CLIENT_KEY is a test key")],
  ],
  [
    "a secret that is too short",
    () => ({ SESSION_SECRET: "short" }),
    () => [about("fault", "order's settings", "SESSION_SECRET: must have 16")],
  ],
  [
    "an unreachable PostgreSQL",
    () => ({ ORDER_DATABASE_URL: at(stack.databases.order, { port: closed }) }),
    () => [about("fault", "order's database", "ECONNREFUSED|refused|closed|unavailable|respond")],
  ],
  [
    "a missing database",
    () => ({
      PAYMENT_DATABASE_URL: at(stack.databases.payment, { pathname: "/no_such_database" }),
    }),
    () => [about("fault", "payment's database", "does not exist")],
  ],
  [
    "an unreachable Kafka",
    () => ({ KAFKA_BROKERS: `${away.host}:${away.port}` }),
    () => [about("fault", "Kafka", "ECONNREFUSED|Connection")],
  ],
  [
    "missing topics",
    () => ({ KAFKA_PREFIX: "nobody." }),
    () => [about("fault", "Kafka's topics", "nobody.OrderCreated.*missing")],
  ],
  [
    "an unreachable order service",
    () => ({ ORDER_PORT: closed }),
    () => [about("fault", "the order service", "does not respond")],
  ],
  [
    "a wrong merchant key",
    () => ({ MERCHANT_API_KEY: "another-key-of-the-tests" }),
    () => [about("fault", "the order service", "MERCHANT_API_KEY")],
  ],
  [
    "a wrong internal key",
    () => ({ INTERNAL_API_KEY: "another-key-of-the-tests" }),
    () => [about("fault", "the payment service", "INTERNAL_API_KEY")],
  ],
  [
    "a secret key that Toss rejects",
    () => ({
      TOSS_CLIENT_KEY: "test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq",
      TOSS_SECRET_KEY: "test_sk_D5GePWvyJnrK0W0k6q8gLzN97Eoq",
    }),
    () => [about("fault", "Toss", "rejects TOSS_SECRET_KEY")],
  ],
  [
    "an unreachable Toss",
    () => ({ TOSS_API_URL: `http://127.0.0.1:${closed}` }),
    () => [about("fault", "Toss", "can't be reached")],
  ],
  [
    "an unreachable PUBLIC_URL",
    () => ({ PUBLIC_URL: "http://shop.test" }),
    () => [about("warning", "the shop's address", "can't be reached")],
  ],
  [
    "a PUBLIC_URL of another program",
    () => ({ PUBLIC_URL: other.url.origin }),
    () => [about("fault", "the shop's address", "another server responds")],
  ],
];

test.each(planted)("diagnose() finds %s, with advice", async (_, change, wanted) => {
  const findings = await found(change());
  expect(findings).toEqual(expect.arrayContaining(wanted()));
  for (const { about: what, advice, level } of findings)
    if (level === "fault" && what !== "this machine") expect(advice).toBeString();
  // no line contains a secret
  const text = asLines(findings);
  for (const url of [stack.databases.order, stack.databases.payment])
    expect(text).not.toContain(new URL(url).password);
  expect(text).not.toContain(stack.merchantKey);
});

test("diagnose() detects another program on order's port", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
  try {
    expect(await found({ ORDER_PORT: String(other.port) })).toContainEqual(
      about("fault", "the order service", "another server responds"),
    );
  } finally {
    await other.stop(true);
  }
});

describe("diagnose() finds a schema that is", () => {
  async function withMigrations(change: () => Promise<unknown>): Promise<Finding[]> {
    const before = await payment<{ name: string; checksum: string }[]>`
      select name, checksum from migrations`;
    await change();
    try {
      return await found();
    } finally {
      await payment`delete from migrations`;
      await payment`insert into migrations ${payment(before)}`;
    }
  }

  test("older", async () => {
    expect(
      await withMigrations(() => payment`delete from migrations where name like '%payments%'`),
    ).toContainEqual(about("fault", "payment's database", "lacks 0001_payments"));
  });
  test("newer", async () => {
    expect(
      await withMigrations(
        () => payment`insert into migrations (name, checksum) values ('0009_later.sql', '')`,
      ),
    ).toContainEqual(about("fault", "payment's database", "newer than this code.*0009_later"));
  });
  test("edited", async () => {
    expect(
      await withMigrations(
        () => payment`update migrations set checksum = '' where name like '%payments%'`,
      ),
    ).toContainEqual(about("fault", "payment's database", "other versions of 0001_payments"));
  });
});

describe("diagnose() warns about", () => {
  test("open dead letters", async () => {
    await order`
      insert into dead_letters (topic, partition, message_offset, key, value, headers, error, replayed_at, discarded_at)
      values ('PaymentConfirmed', 0, 7, 'order-1', 'garbage', '{}', 'SyntaxError', null, null),
        ('PaymentConfirmed', 0, 8, 'order-2', 'garbage', '{}', 'SyntaxError', now(), null),
        ('PaymentConfirmed', 0, 9, 'order-3', 'garbage', '{}', 'SyntaxError', null, now())`;
    const findings = await found();
    expect(findings).toEqual([about("warning", "the queues of order", "1 dead letters")]);
    await order`delete from dead_letters`;
  });

  test("differences from Toss's list", async () => {
    await payment`insert into reconciliations (day, finished_at, matched) values ('2026-01-05', now(), 0)`;
    await payment`
      insert into reconciliation_exceptions (day, payment_key, transaction_key, kind, order_id)
      values ('2026-01-05', 'key', '', 'missing_here', gen_random_uuid())`;
    expect(await found()).toEqual([
      about("warning", "the queues of payment", "1 movements differ"),
    ]);
    await payment`update reconciliation_exceptions set resolved_at = now()`;
  });

  test("payments without any webhook of Toss", async () => {
    const shopper = shopperOf(stack);
    await shopper.sandbox("/_sandbox/webhooks", { drop: true });
    await payment`
      insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
      values (gen_random_uuid(), 1, 1, 'capture', 1000, now() - interval '1 hour', 'key')`;
    expect(await found()).toEqual([
      about("warning", "the queues of payment", "no webhook of Toss has arrived"),
    ]);
  });
});

test("diagnose() warns about topics that keep messages longer than inboxes", async () => {
  const kafka = connectKafka(readKafkaSettings(stack.kafka, "doctor-test"), silentLog);
  const admin = kafka.admin();
  await admin.connect();
  const name = `${stack.kafka["KAFKA_PREFIX"]}OrderCreated`;
  const set = (value: string) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        { type: ConfigResourceTypes.TOPIC, name, configEntries: [{ name: "retention.ms", value }] },
      ],
    });
  await eventually(() => set(String(31 * 24 * 3_600_000)));
  try {
    expect(await found()).toContainEqual(
      about("warning", "Kafka's topics", "OrderCreated keep messages longer"),
    );
  } finally {
    await set(String(14 * 24 * 3_600_000));
    await admin.disconnect();
  }
});

test("diagnose() reads secrets from files, and finds an unreadable file", async () => {
  const file = join(folder, "merchant-key");
  writeFileSync(file, `${stack.merchantKey}\n`);
  const inFile = { MERCHANT_API_KEY: "", MERCHANT_API_KEY_FILE: file };
  expect(await found(inFile)).toEqual(await found());
  expect(await found({ ...inFile, MERCHANT_API_KEY_FILE: `${file}-of-nobody` })).toEqual([
    about("fault", "the secrets' files", "MERCHANT_API_KEY_FILE: the file can't be read"),
  ]);
});

test("diagnose() finds a stack that does not run", async () => {
  const root = join(import.meta.dir, "..");
  const findings = await diagnose({ env: {}, dataDir: join(folder, "none"), root });
  expect(findings).toContainEqual(about("fault", "the stack", "does not run"));
});
