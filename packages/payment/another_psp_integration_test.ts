import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import type { OrderFacts } from "@payflow/shared";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { closePayment } from "./application/close_payment.ts";
import { confirmPayment } from "./application/confirm_payment.ts";
import type { PaymentDeps } from "./application/ports.ts";
import { refundPayment } from "./application/refund_payment.ts";
import { settlePayment } from "./application/settle.ts";
import type { Payment } from "./domain/payment.ts";
import { refundOf } from "./domain/payment.ts";
import { paymentMigrations } from "./infrastructure/migrations.ts";
import { acornDeps } from "./testing/acorn_deps.ts";
import { createAcornPay } from "./testing/acorn_pay.ts";

// The same domain and use cases as for Toss, with a provider that has other rules. All they know of a provider is in
// its profile and behind its gateway.

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
let nowMs = Date.parse("2026-01-05T05:00:00.000Z");
const now = () => new Date(nowMs).toISOString();
const wait = (seconds: number) => (nowMs += seconds * 1000);
let acorn: ReturnType<typeof createAcornPay>;
let deps: PaymentDeps;
let facts: OrderFacts;
const key = "in_1";

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "payment-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

beforeEach(() => {
  acorn = createAcornPay(now);
  facts = {
    orderId: Bun.randomUUIDv7(),
    orderName: "키캡",
    amount: 1000,
    taxFreeAmount: 0,
    currency: "KRW",
    expiresAt: new Date(nowMs + 45 * 60_000).toISOString(),
  };
  acorn.authorise(key, facts.orderId, facts.amount);
  deps = acornDeps(opened.kysely, { acorn, now });
});

const pay = () => confirmPayment({ paymentKey: key, amount: facts.amount, facts }, deps);
const settle = async () =>
  settlePayment((await deps.payments.find(facts.orderId)) as Payment, deps);
const refund = (amount: number) =>
  refundPayment(
    {
      orderId: facts.orderId,
      key: "refund-1",
      requestHash: "1",
      reason: "변심",
      amount,
    },
    deps,
  );
const refunds = () => acorn.calls.filter((call) => call.startsWith("refund"));

test("a confirm is approved", async () => {
  expect(await pay()).toMatchObject({ status: "DONE", kept: { paymentKey: key } });
});

test("a confirm whose response was lost is found by a query, and not sent again", async () => {
  acorn.failNext("no response");
  expect((await pay()).status).toBe("IN_PROGRESS");
  wait(6);
  expect((await settle()).status).toBe("DONE");
  expect(acorn.calls).toEqual([`capture ${key}`]);
});

test("a confirm that never arrived is sent again after a query", async () => {
  acorn.failNext("not sent");
  await pay();
  wait(6);
  expect((await settle()).status).toBe("DONE");
  expect(acorn.calls).toHaveLength(2);
});

test("a session that is over ends in the provider's own words, after its own window", async () => {
  acorn.failNext("not sent");
  await pay();
  acorn.lapse(key);
  wait(6);
  expect(await settle()).toMatchObject({ status: "READY", attempts: [{ status: "DECLINED" }] });
});

test("a refund that may have been made is not sent again before nothing sent can take effect", async () => {
  await pay();
  acorn.failNext("not sent");
  await refund(400);
  // neither an idempotency key nor a stated balance makes a second call harmless
  for (const seconds of [6, 20, 30, 30]) {
    wait(seconds);
    await settle();
  }
  expect(refunds()).toHaveLength(1);
  wait(60);
  expect(refundOf(await settle(), "refund-1").status).toBe("DONE");
  expect(refunds()).toHaveLength(2);
  expect(acorn.held(key)).toBe(600);
});

test("nothing is sent again before a query was answered, however long that takes", async () => {
  await pay();
  acorn.failNext("no response");
  await refund(400);
  acorn.hideFromQueries(true);
  for (let minute = 0; minute < 5; minute++) {
    wait(60);
    await settle();
  }
  expect(refunds()).toHaveLength(1);
  acorn.hideFromQueries(false);
  wait(60);
  expect(refundOf(await settle(), "refund-1").status).toBe("DONE");
  expect(acorn.held(key)).toBe(600);
});

test("a refund whose response was lost is known by its mark, and another's is not taken for it", async () => {
  await pay();
  acorn.failNext("no response");
  await refund(400);
  acorn.refundByHand(key, 400);
  wait(6);
  const settled = await settle();
  expect(refundOf(settled, "refund-1").status).toBe("DONE");
  expect(settled.kept?.balanceAmount).toBe(200);
  expect(refunds()).toHaveLength(1);
});

test("a refund by hand says nothing of one of ours that is still open", async () => {
  await pay();
  acorn.failNext("not sent");
  await refund(400);
  acorn.refundByHand(key, 400);
  wait(6);
  expect(refundOf(await settle(), "refund-1").status).toBe("UNKNOWN");
  wait(150);
  expect(refundOf(await settle(), "refund-1").status).toBe("DONE");
  expect(acorn.held(key)).toBe(200);
});

test("an approval for an order that was closed meanwhile is returned", async () => {
  acorn.failNext("no response");
  await pay();
  expect((await closePayment({ facts }, deps)).status).toBe("CANCELED");
  wait(6);
  expect(await settle()).toMatchObject({ status: "CANCELED", attempts: [{ status: "VOIDED" }] });
  expect(acorn.held(key)).toBe(0);
});
