import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { OrderFacts } from "@payflow/shared";
import { migrate } from "@payflow/database";
import { silentLog, type Service } from "@payflow/shared/http";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { createTossSandbox, type TossSandbox } from "@payflow/toss-sandbox";
import { createPaymentService, paymentMigrations, readPaymentConfig } from "./mod.ts";

setDefaultTimeout(600_000);

const internalKey = "internal-key-of-the-tests";
const orders = 8;

let database: TestDatabase;
let sandbox: TossSandbox;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: "http://toss.test",
  });
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

async function replica(tossFetch: (request: Request) => Promise<Response>): Promise<Service> {
  const config = readPaymentConfig({
    DATABASE_URL: database.url,
    // no events are needed: no test here consumes them
    KAFKA_BROKERS: "127.0.0.1:9",
    TOSS_SECRET_KEY: "test_sk_sandbox",
    TOSS_API_URL: "http://toss.test",
    TOSS_CALLS_PER_SECOND: "10000",
    RECONCILE_AFTER_MS: "20",
    CONFIRM_WAIT_MS: "100",
    INTERNAL_API_KEY: internalKey,
  });
  return await createPaymentService(config, { log: silentLog, tossFetch });
}

async function call(service: Service, path: string, body: unknown) {
  const headers = { "Content-Type": "application/json", "X-Internal-Key": internalKey };
  const request = new Request(`http://payment.test/internal/payments/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const response = await service.fetch(request, undefined as never);
  return (await response.json()) as Record<string, unknown>;
}

async function control(path: string, body: unknown) {
  const response = await sandbox.fetch(
    new Request(`http://toss.test${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  return (await response.json()) as { paymentKey: string };
}

/** An order whose shopper has returned from the payment window. */
async function authenticated(): Promise<{
  paymentKey: string;
  facts: OrderFacts;
}> {
  const facts: OrderFacts = {
    orderId: Bun.randomUUIDv7(),
    orderName: "키캡",
    amount: 1000,
    taxFreeAmount: 0,
    currency: "KRW",
    expiresAt: new Date(Date.now() + 45 * 60_000).toISOString(),
  };
  const { paymentKey } = await control("/_sandbox/sessions", {
    clientKey: "test_ck_sandbox",
    method: "CARD",
    amount: { currency: "KRW", value: facts.amount },
    orderId: facts.orderId,
    orderName: facts.orderName,
    successUrl: "http://shop.test/success",
    failUrl: "http://shop.test/fail",
  });
  await control(`/_sandbox/sessions/${paymentKey}/authenticate`, {});
  return { paymentKey, facts };
}

test("a replica that can't reach Toss claims nothing, and one that can settles due payments", async () => {
  const paths: string[] = [];
  const lame = await replica((request) => {
    paths.push(new URL(request.url).pathname);
    return Promise.reject(new Error("Toss can't be reached from here"));
  });
  await lame.start();
  const windows = await Promise.all(Array.from({ length: orders }, authenticated));
  await Promise.all(
    windows.map(({ paymentKey, facts }) =>
      call(lame, "confirm", { paymentKey, amount: facts.amount, facts }),
    ),
  );
  const probe = "/v1/payments/payflow-probe";
  await eventually(() => expect(paths).toContain(probe), { timeoutMs: 120_000 });
  const before = paths.length;
  const sound = await replica((request) => sandbox.fetch(request));
  await sound.start();
  try {
    const orderIds = windows.map(({ facts }) => facts.orderId);
    await eventually(
      async () => {
        const { payments } = await call(sound, "find", { orderIds });
        const statuses = (payments as { status: string }[]).map(({ status }) => status);
        expect(statuses).toEqual(Array<string>(orders).fill("DONE"));
      },
      { timeoutMs: 300_000 },
    );
    const claimed = paths
      .slice(before)
      .filter((path) => path.startsWith("/v1/payments/") && path !== probe);
    expect(claimed).toEqual([]);
  } finally {
    await Promise.all([lame.stop(), sound.stop()]);
  }
});

test("open payments are queried as soon as Toss responds, however late they would have been due", async () => {
  const windows = await Promise.all(Array.from({ length: orders }, authenticated));
  const lame = await replica(() => Promise.reject(new Error("no way to Toss")));
  await Promise.all(
    windows.map(({ paymentKey, facts }) =>
      call(lame, "confirm", { paymentKey, amount: facts.amount, facts }),
    ),
  );
  await lame.stop();
  const orderIds = windows.map(({ facts }) => facts.orderId);
  const sql = postgres(database.url, { max: 1 });
  await sql`
    update payments set next_at = now() + interval '1 hour', claimed_until = null,
      attempts = (select jsonb_agg(a || jsonb_build_object('status', 'UNKNOWN', 'nextAt',
        to_char(now() at time zone 'UTC' + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        from jsonb_array_elements(attempts) a)
    where id = any(${orderIds})`;
  await sql.end();
  const sound = await replica((request) => sandbox.fetch(request));
  await sound.start();
  try {
    await eventually(
      async () => {
        const { payments } = await call(sound, "find", { orderIds });
        for (const { status } of payments as { status: string }[]) expect(status).toBe("DONE");
      },
      { timeoutMs: 60_000 },
    );
  } finally {
    await sound.stop();
  }
});
