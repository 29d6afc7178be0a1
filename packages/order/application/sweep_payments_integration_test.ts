import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { AppError, type PaymentView } from "@payflow/shared";
import { isTemporary, migrate, openDatabase, type Database } from "@payflow/database";
import { sweepProgress } from "@payflow/outbox";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { Order } from "../domain/order.ts";
import { quoteItems } from "../domain/product.ts";
import { orderMigrations } from "../infrastructure/migrations.ts";
import { postgresOrderQueries } from "../infrastructure/postgres_order_queries.ts";
import { postgresOrders } from "../infrastructure/postgres_orders.ts";
import { products, snapshots } from "../testing/given.ts";
import type { PaymentService } from "./ports.ts";
import { sweepChanges, sweepUnsettled, type SweepDeps } from "./sweep_payments.ts";
import { createTailLength } from "./tail_length.ts";

setDefaultTimeout(600_000);

const pageMax = 200;
let database: TestDatabase;
let opened: Database;
let faults: string[];
let orphans: string[];

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  opened = openDatabase({ url: database.url, applicationName: "sweep-test" });
});
beforeEach(async () => {
  faults = [];
  orphans = [];
  await sql`truncate orders, events, waiting_events, history, sweeps`.execute(opened.kysely);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const now = () => new Date().toISOString();
const secondsAfter = (time: string, seconds: number) =>
  new Date(Date.parse(time) + seconds * 1_000).toISOString();

/** Order's real adapters, with the payment service that a test gives. */
function depsOf(payments: Partial<PaymentService>, more: Partial<SweepDeps> = {}): SweepDeps {
  const db = opened.kysely;
  const newId = () => Bun.randomUUIDv7();
  return {
    orders: postgresOrders(db, { newId, now, onSaved: () => {}, onChanged: () => {} }),
    payments: payments as PaymentService,
    products: () => products,
    now,
    newId,
    tailLength: createTailLength(),
    orderTtlMs: 2_700_000,
    faultPoint: () => {},
    ...postgresOrderQueries(db),
    unsettledAfterMs: 60_000,
    progress: sweepProgress(db as never, "payments"),
    followedProgress: sweepProgress(db as never, "followed"),
    isTemporary,
    onFault: (orderId) => faults.push(orderId),
    onOrphan: async ({ orderId }) => void orphans.push(orderId),
    ...more,
  };
}

async function placed(): Promise<Order> {
  const { orders, newId } = depsOf({});
  const quote = quoteItems([{ productId: "dev-tool", quantity: 1 }], products);
  const who = { customerName: "Kim", customerEmail: "kim@example.com" };
  const change = Order.place(
    { quote, ...who, sessionId: null },
    { now: secondsAfter(now(), -600), newId, orderId: newId(), tailLength: 4, ttlMs: 2_700_000 },
  );
  expect(await orders.save(change, { cause: "test" })).toBe("saved");
  return change.state;
}

function paid(orderId: string): PaymentView {
  const taxes = { taxFreeAmount: 0, taxFreeBalance: 0 };
  const about = { orderName: "Test", paymentKey: "key", cancels: [], ...taxes };
  return { ...snapshots.done, ...about, orderId, paymentVersion: 2 };
}

async function statusOf(order: Order): Promise<string | undefined> {
  return (await depsOf({}).orders.find(order.orderId))?.status;
}

/** A full page of changes within the half minute after `since`, all of unknown orders. */
const fullPage = (since: string) =>
  Array.from({ length: pageMax }, (_, index) => ({
    ...paid(Bun.randomUUIDv7()),
    changedAt: secondsAfter(since, (30 * (index + 1)) / pageMax),
  }));

test("sweepChanges() ends at its start time, however fast payments change", async () => {
  const begunAt = now();
  const places: string[] = [];
  const deps = depsOf({
    async changed({ since }) {
      places.push(since);
      return { payments: fullPage(since) };
    },
  });
  await deps.progress.advance(secondsAfter(begunAt, -60));
  expect(await sweepChanges(deps)).toBe(0);
  const last = places.at(-1) ?? "";
  expect(last < secondsAfter(begunAt, 30)).toBe(true);
  expect(secondsAfter(last, 30) > begunAt).toBe(true);
});

test("sweepChanges() stops within a page when aborted, and does not advance past that page", async () => {
  const stopping = new AbortController();
  let calls = 0;
  const deps = depsOf({
    async changed({ since }) {
      if (++calls === 2) stopping.abort();
      return { payments: fullPage(since) };
    },
  });
  const begunAt = secondsAfter(now(), -300);
  await deps.progress.advance(begunAt);
  await sweepChanges(deps, stopping.signal);
  expect(calls).toBe(2);
  // the first page lies within the overlap before the stored progress
  expect(await deps.progress.read()).toBe(begunAt);
  expect(await sweepUnsettled(deps, stopping.signal)).toBe(0);
});

test("a permanent failure of one order does not stop the progress of sweepChanges(), a transient one does", async () => {
  const [wrong, well] = [await placed(), await placed()];
  const changedAt = secondsAfter(now(), -1);
  const page = [
    { ...paid(wrong.orderId), amount: 999, changedAt },
    { ...paid(well.orderId), changedAt },
  ];
  const payments = { changed: async () => ({ payments: page }) };
  let isAway = true;
  const deps = depsOf(payments, {
    faultPoint() {
      if (isAway) throw new AppError("unavailable", "order_busy", "just now");
    },
  });
  const before = secondsAfter(changedAt, -60);
  await deps.progress.advance(before);
  expect(await sweepChanges(deps)).toBe(0);
  expect(faults).toEqual([wrong.orderId, well.orderId]);
  expect(await deps.progress.read()).toBe(before);

  isAway = false;
  expect(await sweepChanges(deps)).toBe(1);
  expect(faults.slice(2)).toEqual([wrong.orderId]);
  expect(await deps.progress.read()).toBe(changedAt);
  expect([await statusOf(wrong), await statusOf(well)]).toEqual(["PENDING", "CONFIRMED"]);
});

test("sweepChanges() writes many stale orders by few statements, and none for a payment that was only opened", async () => {
  const orders: Order[] = [];
  for (let count = 0; count < 30; count++) orders.push(await placed());
  const [opening, ...behind] = orders.map(({ orderId }) => orderId) as [string, ...string[]];
  const changedAt = secondsAfter(now(), -1);
  const begun = { ...paid(opening), ...snapshots.ready, orderId: opening, changedAt };
  const page = [begun, ...behind.map((orderId) => ({ ...paid(orderId), changedAt }))];
  const deps = depsOf({ changed: async () => ({ payments: page }) });
  await deps.progress.advance(secondsAfter(changedAt, -60));
  expect(await sweepChanges(deps)).toBe(29);
  const { rows } = await sql<{ version: number; orders: number; statements: number }>`
    select version, count(*)::int as orders, count(distinct xmin::text)::int as statements
    from orders group by version order by version`.execute(opened.kysely);
  expect(rows).toMatchObject([
    { version: 1, orders: 1 },
    { version: 2, orders: 29 },
  ]);
  expect(rows[1]?.statements).toBeLessThan(4);
});

test("sweepChanges() reports a payment without an order, and goes on with the next one", async () => {
  const well = await placed();
  const changedAt = secondsAfter(now(), -1);
  const lost = { ...paid(Bun.randomUUIDv7()), changedAt };
  const page = [lost, { ...paid(well.orderId), changedAt }];
  const deps = depsOf({ changed: async () => ({ payments: page }) });
  await deps.progress.advance(secondsAfter(changedAt, -60));
  expect(await sweepChanges(deps)).toBe(1);
  expect(orphans).toEqual([lost.orderId]);
});

test("an order that payment fails to compare does not keep sweepUnsettled() from comparing the others", async () => {
  const orders: Order[] = [];
  for (let count = 0; count < 7; count++) orders.push(await placed());
  const broken = orders[3] as Order;
  const away = new AppError("unavailable", "payment_unavailable", "away");
  const deps = depsOf({
    async compare({ orders: compared }) {
      if (compared.some(({ facts }) => facts.orderId === broken.orderId)) throw away;
      return { payments: compared.map(({ facts }) => paid(facts.orderId)), refused: [] };
    },
    changed: async () => ({ payments: [] }),
  });
  expect(await sweepUnsettled(deps)).toBe(6);
  expect(faults).toEqual([broken.orderId]);
  expect(await Promise.all(orders.map(statusOf))).toEqual(
    orders.map((order) => (order === broken ? "PENDING" : "CONFIRMED")),
  );
});

test("sweepUnsettled() makes no call per order while payment is unavailable", async () => {
  for (let count = 0; count < 3; count++) await placed();
  let calls = 0;
  const away = async () => {
    calls += 1;
    throw new AppError("unavailable", "payment_unavailable", "away");
  };
  const deps = depsOf({ compare: away, changed: away });
  await expect(sweepUnsettled(deps)).rejects.toThrow("away");
  expect(calls).toBe(2);
  expect(faults).toEqual([]);
});
