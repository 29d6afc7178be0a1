import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { OrderFacts, PaymentView } from "@payflow/shared";
import { migrate } from "@payflow/database";
import { silentLog, type Service } from "@payflow/shared/http";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { createTossSandbox, type TossSandbox } from "@payflow/toss-sandbox";
import { createPaymentService, paymentMigrations, readPaymentConfig } from "./mod.ts";

setDefaultTimeout(600_000);

const tries = 1_000;
/** Races that run concurrently: enough for several of them to share one statement. */
const together = 40;
const internalKey = "internal-key-of-the-tests";

let database: TestDatabase;
let sandbox: TossSandbox;
let service: Service;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: "http://toss.test",
  });
  const config = readPaymentConfig({
    DATABASE_URL: database.url,
    // no events are needed: no test here consumes them
    KAFKA_BROKERS: "127.0.0.1:9",
    TOSS_SECRET_KEY: "test_sk_sandbox",
    TOSS_API_URL: "http://toss.test",
    TOSS_CALLS_PER_SECOND: "10000",
    RECONCILE_AFTER_MS: "20",
    INTERNAL_API_KEY: internalKey,
  });
  service = await createPaymentService(config, {
    log: silentLog,
    tossFetch: (request) => sandbox.fetch(request),
  });
  await service.start();
}, 600_000);
afterAll(async () => {
  await service.stop();
  await sandbox.close();
  await database.drop();
});

type Answer = { payment: PaymentView | null; refusal: { code: string } | null };

async function internal(path: string, body: unknown): Promise<Answer> {
  const headers = { "Content-Type": "application/json", "X-Internal-Key": internalKey };
  const request = new Request(`http://payment.test/internal/payments/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const response = await service.fetch(request, undefined as never);
  if (response.status !== 200)
    throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function control(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const init =
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        };
  const response = await sandbox.fetch(new Request(`http://toss.test/_sandbox/${path}`, init));
  return (await response.json()) as Record<string, unknown>;
}

type Round = { facts: OrderFacts; paymentKey: string };

/** A buyer who has authenticated in Toss's window, and an order that expires this long after. */
async function authenticated(ttlMs: number, method = "CARD"): Promise<Round> {
  const order = { orderId: Bun.randomUUIDv7(), orderName: "race" };
  const { paymentKey } = (await control("sessions", {
    ...order,
    clientKey: "test_ck_sandbox",
    method,
    amount: { currency: "KRW", value: 1000 },
    successUrl: "http://shop.test/success",
    failUrl: "http://shop.test/fail",
  })) as { paymentKey: string };
  await control(`sessions/${paymentKey}/authenticate`, {});
  const expiresAt = new Date(Date.now() + ttlMs).toISOString();
  const sums = { amount: 1000, taxFreeAmount: 0, currency: "KRW" } as const;
  const facts = { ...order, ...sums, expiresAt };
  return { facts, paymentKey };
}

const confirm = ({ facts, paymentKey }: Round) =>
  internal("confirm", { paymentKey, amount: 1000, facts });
const close = ({ facts }: Round) => internal("close", { facts });

/** Delays one of the two at random, so that each wins often. */
async function race<A, B>(
  first: () => Promise<A>,
  second: () => Promise<B>,
  spreadMs: number,
): Promise<[A, B]> {
  const later = <T>(run: () => Promise<T>) => Bun.sleep(Math.random() * spreadMs).then(run);
  return await Promise.all([later(first), later(second)]);
}

async function many(run: () => Promise<Round>): Promise<Round[]> {
  const rounds: Round[] = [];
  let started = 0;
  const runner = async () => {
    while (started++ < tries) rounds.push(await run());
  };
  await Promise.all(Array.from({ length: together }, runner));
  return rounds;
}

/** Waits until every order is settled, and counts the winners. */
async function outcomes(rounds: readonly Round[]): Promise<Record<string, number>> {
  const held = new Map<string, { balanceAmount: number; approvals: number; heldAmount: number }>();
  return await eventually(
    async () => {
      const { payments } = (await control("payments")) as {
        payments: {
          orderId: string;
          balanceAmount: number;
          approvals: number;
          heldAmount: number;
        }[];
      };
      for (const payment of payments) held.set(payment.orderId, payment);
      const counts: Record<string, number> = {};
      for (let from = 0; from < rounds.length; from += 500) {
        const orderIds = rounds.slice(from, from + 500).map(({ facts }) => facts.orderId);
        const { payments: views } = (await internal("find", { orderIds })) as unknown as {
          payments: PaymentView[];
        };
        expect(views.length).toBe(orderIds.length);
        for (const view of views) {
          const atToss = held.get(view.orderId);
          const shown = view.status === "DONE" ? 1000 : 0;
          expect(`${view.orderId} ${view.status} ${atToss?.heldAmount}`).toBe(
            `${view.orderId} ${view.status} ${shown}`,
          );
          expect(atToss?.approvals).toBeLessThanOrEqual(1);
          expect(view.refunding).toBe(false);
          expect(["DONE", "CANCELED", "EXPIRED"]).toContain(view.status);
          counts[view.status] = (counts[view.status] ?? 0) + 1;
        }
      }
      return counts;
    },
    { timeoutMs: 30_000 },
  );
}

test(`cancel racing confirm: one winner, ${tries} times`, async () => {
  const rounds = await many(async () => {
    const round = await authenticated(60_000);
    const [confirmed, closed] = await race(
      () => confirm(round),
      () => close(round),
      6,
    );
    // after a successful cancel no money may be kept, and a confirm that succeeded must not end as canceled
    if (closed.refusal === null) expect(confirmed.refusal?.code).toBe("order_not_payable");
    return round;
  });
  const counts = await outcomes(rounds);
  expect(Object.keys(counts).sort()).toEqual(["CANCELED", "DONE"]);
}, 600_000);

test(`expiry racing confirm: one winner, ${tries} times`, async () => {
  // the order's time, adjusted to what a confirm takes under the current load
  let timeMs = 100;
  const rounds = await many(async () => {
    const round = await authenticated(timeMs);
    await internal("compare", { orders: [{ facts: round.facts }] });
    const { refusal } = await confirm(round);
    timeMs *= refusal === null ? 0.9 : 1.1;
    return round;
  });
  const counts = await outcomes(rounds);
  expect(Object.keys(counts).sort()).toEqual(["DONE", "EXPIRED"]);
}, 600_000);

test(`deposit racing the account's closing: one winner, ${tries} times`, async () => {
  let closeMs = 20;
  const rounds = await many(async () => {
    const round = await authenticated(60_000, "VIRTUAL_ACCOUNT");
    await confirm(round);
    const begunAtMs = performance.now();
    const closed = close(round).then(() => {
      closeMs = performance.now() - begunAtMs;
    });
    // around the time that the last close took, under the current load
    const deposited = Bun.sleep(Math.random() * 2 * closeMs).then(() =>
      control(`payments/${round.paymentKey}/deposit`, {}),
    );
    await Promise.all([closed, deposited]);
    return round;
  });
  for (const { facts, paymentKey } of rounds) {
    // this service receives no webhook from the sandbox, so one is sent here
    const text = JSON.stringify({
      eventType: "PAYMENT_STATUS_CHANGED",
      data: { orderId: facts.orderId, paymentKey },
    });
    await internal("receive-webhook", { text, transmissionId: null });
  }
  const counts = await outcomes(rounds);
  expect(Object.keys(counts).sort()).toEqual(["CANCELED", "DONE"]);
}, 600_000);
