// A release: a job migrates, then the replicas are replaced one by one while shoppers buy. The test waits for states, not
// times: a replica is removed from the load balancer when it is not ready, and then stopped.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import {
  eventually,
  freePort,
  startedKafka,
  testDatabase,
  testTopicPrefix,
  type TestDatabase,
} from "@payflow/local-stack/testing";
import { createTossSandbox } from "@payflow/toss-sandbox";
import { shopperOf } from "./shopper.ts";
import { wasRefused } from "./storm/replica.ts";

setDefaultTimeout(600_000);

type Name = "order" | "payment";
type Replica = {
  readonly url: string;
  readonly child: Bun.Subprocess;
  answered: number;
  underWay: number;
};
type Front = ReturnType<typeof startFront>;

const shoppers = 4;
/** Far more than can be made during the replacements. */
const checkoutsMax = 1_000;
const names = ["payment", "order"] as const;
const merchantKey = "merchant-key-of-the-tests";
const password = crypto.randomUUID();
const closing: (() => Promise<unknown>)[] = [];
const running: Bun.Subprocess[] = [];
let databases: Record<Name, TestDatabase>;
let settings: Record<Name, Record<string, string>>;
let fronts: Record<Name, Front>;
let shopper: ReturnType<typeof shopperOf>;

/** A round-robin load balancer; resends a request once when the connection is refused. */
function startFront() {
  let turn = 0;
  const front = { replicas: [] as Replica[], resent: 0, lost: [] as unknown[], url: "" };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 120,
    async fetch(request) {
      const body = await request.arrayBuffer();
      for (let tries = 1; ; tries++) {
        const replica = front.replicas[turn++ % front.replicas.length] as Replica;
        replica.underWay += 1;
        try {
          const { pathname, search } = new URL(request.url);
          const { method, headers } = request;
          const answer = await fetch(`${replica.url}${pathname}${search}`, {
            method,
            headers,
            redirect: "manual",
            ...(method === "GET" ? {} : { body }),
          });
          const read = await answer.arrayBuffer();
          replica.answered += 1;
          return new Response(read, { status: answer.status, headers: answer.headers });
        } catch (error) {
          if (tries === 1 && wasRefused(error)) front.resent += 1;
          else {
            front.lost.push(error);
            return new Response("lost", { status: 502 });
          }
        } finally {
          replica.underWay -= 1;
        }
      }
    },
  });
  front.url = `http://127.0.0.1:${server.port}`;
  closing.push(() => server.stop(true));
  return front;
}

const run = (name: Name, env: Record<string, string>) => {
  const child = Bun.spawn([process.execPath, "--no-orphans", `packages/${name}/main.ts`], {
    cwd: `${import.meta.dir}/..`,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  running.push(child);
  return child;
};
const statusOf = async (url: string) => (await fetch(url).catch(() => undefined))?.status;

async function start(name: Name): Promise<Replica> {
  const port = String(await freePort());
  const child = run(name, { ...settings[name], [`${name.toUpperCase()}_PORT`]: port });
  const replica = { url: `http://127.0.0.1:${port}`, child, answered: 0, underWay: 0 };
  await eventually(async () => expect(await statusOf(`${replica.url}/readyz`)).toBe(200), {
    what: `a replica of ${name} to be ready`,
    timeoutMs: 120_000,
  });
  return replica;
}

/** The database's URL for a role that may read and write rows, but not create, alter or drop tables. */
async function forWriters({ url }: TestDatabase): Promise<string> {
  const role = `writer_${crypto.randomUUID().replaceAll("-", "")}`;
  const sql = postgres(url, { max: 1 });
  await sql.unsafe(`create role ${role} login password '${password}';
    alter default privileges grant select, insert, update, delete on tables to ${role};
    alter default privileges grant usage on sequences to ${role}`);
  closing.push(async () => {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
    await sql.end();
  });
  return Object.assign(new URL(url), { username: role, password }).href;
}

beforeAll(async () => {
  const empty = async () => {};
  const [order, payment, kafka] = await Promise.all([
    testDatabase(empty, "empty"),
    testDatabase(empty, "empty"),
    startedKafka(),
  ]);
  databases = { order, payment };
  closing.push(order.drop, payment.drop);
  fronts = { order: startFront(), payment: startFront() };
  const sandboxServer = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request): Promise<Response> => sandbox.fetch(request),
  });
  const sandboxUrl = `http://127.0.0.1:${sandboxServer.port}`;
  const sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: sandboxUrl,
    webhookUrl: `${fronts.order.url}/webhooks/toss`,
  });
  closing.push(async () => {
    await sandboxServer.stop(true);
    await sandbox.close();
  });
  const both = {
    MIGRATE: "off",
    // longer than any test; a second signal ends the process
    DRAIN_MS: "600000",
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_PREFIX: testTopicPrefix(),
    KAFKA_PARTITIONS: "2",
    INTERNAL_API_KEY: "internal-key-of-the-tests",
    LOG_LEVEL: process.env["TEST_LOG"] ?? "silent",
  };
  settings = {
    order: {
      ...both,
      DATABASE_URL: await forWriters(order),
      PAYMENT_URL: fronts.payment.url,
      PUBLIC_URL: fronts.order.url,
      TOSS_CLIENT_KEY: "test_ck_sandbox",
      TOSS_SDK_URL: `${sandboxUrl}/v2/standard`,
      MERCHANT_API_KEY: merchantKey,
      SESSION_SECRET: "session-secret-of-the-tests",
      RATE_LIMIT_PER_MINUTE: "0",
      SWEEP_MS: "1000",
    },
    payment: {
      ...both,
      DATABASE_URL: await forWriters(payment),
      TOSS_SECRET_KEY: "test_sk_sandbox",
      TOSS_API_URL: sandboxUrl,
      TOSS_CALLS_PER_SECOND: "1000",
    },
  };
  shopper = shopperOf({ url: fronts.order.url, sandboxUrl, merchantKey });
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(running.map((child) => child.exited));
  for (const close of closing.reverse()) await close();
});

test("MIGRATE=only migrates the database with no other setting, and exits", async () => {
  for (const name of names) {
    const job = run(name, { MIGRATE: "only", DATABASE_URL: databases[name].url });
    expect(await job.exited).toBe(0);
    const sql = postgres(databases[name].url, { max: 1 });
    expect((await sql`select name from migrations`).length).toBeGreaterThan(1);
    await sql.end();
  }
});

test("replacing every replica while shoppers buy loses no request, and each order is paid once", async () => {
  for (const name of names) fronts[name].replicas = [await start(name), await start(name)];
  const placed: { orderId: string; amount: number }[] = [];
  const refusals: string[] = [];
  let isOver = false;
  async function buy() {
    while (!isOver && placed.length < checkoutsMax) {
      const order = await shopper.place();
      placed.push(order);
      const authenticated = await shopper.authenticate(order);
      // retries like a shopper when a busy machine responds 503
      await eventually(async () => {
        const response = await shopper.confirm(authenticated);
        if (response.status === 503) refusals.push(await response.text());
        else expect([200, 202]).toContain(response.status);
        return response.ok;
      });
    }
  }
  const buying = Array.from({ length: shoppers }, buy);
  // the await below reports errors; until then a rejection must count as handled
  for (const each of buying) each.catch(() => {});

  for (const name of names) {
    const front = fronts[name];
    for (const old of [...front.replicas]) {
      const successor = await start(name);
      front.replicas.push(successor);
      old.child.kill("SIGTERM");
      await eventually(async () => expect(await statusOf(`${old.url}/readyz`)).toBe(503));
      // it still serves requests until the load balancer notices
      const before = old.answered;
      await eventually(() => old.answered > before, {
        what: `a replica of ${name} that stops to answer`,
        timeoutMs: 120_000,
      });
      front.replicas = front.replicas.filter((replica) => replica !== old);
      // requests sent before its removal arrive within DRAIN_MS
      await eventually(() => old.underWay === 0, { timeoutMs: 120_000 });
      old.child.kill("SIGTERM");
      expect(await old.child.exited).toBe(0);
      await eventually(() => successor.answered > 0, { timeoutMs: 120_000 });
    }
  }
  isOver = true;
  await Promise.all(buying);

  const resent = fronts.order.resent + fronts.payment.resent;
  console.log(`${placed.length} checkouts, ${resent} requests sent again`, refusals);
  for (const name of names) expect([name, fronts[name].lost]).toEqual([name, []]);
  expect(placed.length).toBeGreaterThan(shoppers);
  expect(placed.length).toBeLessThan(checkoutsMax);
  for (const { orderId } of placed) await shopper.becomes(orderId, "CONFIRMED");
  const order = postgres(databases.order.url, { max: 1 });
  const payment = postgres(databases.payment.url, { max: 1 });
  closing.push(
    () => order.end(),
    () => payment.end(),
  );
  const ids = placed.map(({ orderId }) => orderId).sort();
  const idsOf = (rows: readonly postgres.Row[]) => rows.map(({ id }) => id).sort();
  expect(idsOf(await order`select id from orders`)).toEqual(ids);
  const movements = await payment`
    select order_id as id, kind, amount_krw::integer as amount from ledger_entries`;
  expect(idsOf(movements)).toEqual(ids);
  const amounts = new Map(placed.map(({ orderId, amount }) => [orderId, amount]));
  for (const { id, kind, amount } of movements)
    expect([kind, amount]).toEqual(["capture", amounts.get(id)]);
  for (const sql of [order, payment])
    await eventually(async () => expect(await sql`select from waiting_events`).toHaveLength(0));
});
