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
import { applied, products, snapshots } from "../testing/given.ts";
import type { PaymentService } from "./ports.ts";
import { sweepChanges, sweepFollowed } from "./sweep_payments.ts";
import type { SweepDeps } from "./sweep_payments.ts";
import { createTailLength } from "./tail_length.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
/** Payment's rows by order id, and the order ids that `find` and `compare` were called with. */
let rows: Map<string, PaymentView>;
let read: string[];
let rebuilt: string[];

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  opened = openDatabase({ url: database.url, applicationName: "sweep-test" });
});
beforeEach(async () => {
  [rows, read, rebuilt] = [new Map(), [], []];
  await sql`truncate orders, events, waiting_events, history, sweeps`.execute(opened.kysely);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const now = () => new Date().toISOString();
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function depsOf(): SweepDeps {
  const db = opened.kysely;
  const newId = () => Bun.randomUUIDv7();
  const queries = postgresOrderQueries(db);
  const payments: Partial<PaymentService> = {
    async find({ orderIds }) {
      read.push(...orderIds);
      return { payments: orderIds.flatMap((orderId) => rows.get(orderId) ?? []) };
    },
    async compare({ orders }) {
      const payments = orders.map(({ facts: { orderId }, known }) => {
        rebuilt.push(orderId);
        const version = known?.snapshot?.paymentVersion ?? 0;
        rows.set(orderId, paid(orderId, version + 1));
        return paid(orderId, version + 1);
      });
      return { payments, refused: [] };
    },
    changed: async () => ({ payments: [] }),
  };
  return {
    orders: postgresOrders(db, { newId, now, onSaved: () => {}, onChanged: () => {} }),
    payments: payments as PaymentService,
    products: () => products,
    now,
    newId,
    tailLength: createTailLength(),
    orderTtlMs: 2_700_000,
    faultPoint: () => {},
    ...queries,
    unsettledAfterMs: 60_000,
    progress: sweepProgress(db as never, "payments"),
    followedProgress: sweepProgress(db as never, "followed"),
    isTemporary,
    onFault: (_, error) => {
      throw error;
    },
    onOrphan: async () => {},
  };
}

function paid(orderId: string, paymentVersion: number): PaymentView {
  const taxes = { taxFreeAmount: 0, taxFreeBalance: 0 };
  const about = { orderName: "Test", paymentKey: "key", cancels: [], ...taxes };
  return { ...snapshots.done, ...about, orderId, paymentVersion };
}

/** Saves an order that was paid some minutes ago, and payment's row of it. */
async function paidAgo(minutes: number): Promise<string> {
  const { orders, newId } = depsOf();
  const quote = quoteItems([{ productId: "dev-tool", quantity: 1 }], products);
  const who = { customerName: "Kim", customerEmail: "kim@example.com" };
  const moment = { now: ago(minutes), newId };
  const placed = Order.place(
    { quote, ...who, sessionId: null },
    { ...moment, orderId: newId(), tailLength: 4, ttlMs: 2_700_000 },
  );
  const { orderId } = placed.state;
  const change = applied(placed.state, paid(orderId, 3));
  await orders.save(placed, { cause: "test" });
  await orders.save(change, { cause: "test" });
  await sql`update orders set changed_at = ${ago(minutes)}::timestamptz where id = ${orderId}`.execute(
    opened.kysely,
  );
  rows.set(orderId, paid(orderId, 3));
  return orderId;
}

test("sweepFollowed() finds all settled orders that payment lost, however far back it was restored", async () => {
  const orderIds: string[] = [];
  for (const minutes of [900, 600, 300, 200, 150, 120, 100, 90, 60, 40, 20, 3])
    orderIds.push(await paidAgo(minutes));
  const deps = depsOf();
  await deps.followedProgress.advance(ago(2));
  const lost = orderIds.slice(4);
  for (const orderId of lost) rows.delete(orderId);
  expect(await sweepFollowed(deps)).toBe(lost.length);
  expect(rebuilt.toSorted()).toEqual(lost.toSorted());
  for (const orderId of lost)
    expect((await deps.orders.find(orderId))?.payment?.paymentVersion).toBe(4);
  expect(await sweepFollowed(deps)).toBe(0);
});

test("sweepFollowed() finds a lost order although older orders that payment has were erased since", async () => {
  const sound: string[] = [];
  for (const minutes of [900, 800, 700, 600, 500]) sound.push(await paidAgo(minutes));
  const lost = await paidAgo(30);
  const deps = depsOf();
  for (const orderId of sound) {
    const order = (await deps.orders.find(orderId)) as Order;
    await deps.orders.save(Order.erase(order), { cause: "test" });
  }
  await deps.followedProgress.advance(now());
  rows.delete(lost);
  expect(await sweepFollowed(deps)).toBe(1);
  expect(rebuilt).toEqual([lost]);
});

test("sweepFollowed() finds the last of few orders, however long before it the previous one changed", async () => {
  await paidAgo(5_000);
  const last = await paidAgo(1_000);
  const deps = depsOf();
  await deps.followedProgress.advance(ago(2));
  rows.delete(last);
  expect(await sweepFollowed(deps)).toBe(1);
  expect(rebuilt).toEqual([last]);
});

test("sweepFollowed() without a loss reads five older orders and those changed since, and no more", async () => {
  for (let count = 0; count < 40; count++) await paidAgo(100 + count);
  const fresh = await paidAgo(1);
  const deps = depsOf();
  await deps.followedProgress.advance(ago(2));
  expect(await sweepFollowed(deps)).toBe(0);
  expect(read.length).toBe(6);
  expect(read).toContain(fresh);
});

test("sweepFollowed() retries a failed comparison in the next round", async () => {
  const lost = await paidAgo(30);
  for (const minutes of [9, 8, 7, 6, 5]) await paidAgo(minutes);
  const deps = depsOf();
  await deps.followedProgress.advance(ago(40));
  rows.delete(lost);
  const { compare } = deps.payments;
  const faults: string[] = [];
  deps.payments.compare = async () => {
    throw new AppError("unavailable", "payment_unavailable", "its connection broke");
  };
  await sweepFollowed({ ...deps, onFault: (orderId) => faults.push(orderId) });
  expect(faults).toEqual([lost]);
  deps.payments.compare = compare;
  expect(await sweepFollowed(deps)).toBe(1);
});

test("sweepFollowed() starts an unfinished round again from where both services agree", async () => {
  const lost = await paidAgo(30);
  const deps = depsOf();
  await deps.followedProgress.advance(ago(2));
  rows.delete(lost);
  const { compare } = deps.payments;
  const refusal = {
    kind: "unavailable",
    code: "payment_recovering",
    message: "Toss is away",
    details: {},
  } as const;
  deps.payments.compare = async () => ({ payments: [], refused: [{ orderId: lost, refusal }] });
  await sweepFollowed({ ...deps, onFault: () => {} });
  const place = (await deps.followedProgress.read()) ?? "";
  expect(place < ago(30)).toBe(true);
  deps.payments.compare = compare;
  expect(await sweepFollowed(deps)).toBe(1);
});

test("sweepChanges() that is aborted before payment rebuilds its row reads the page again", async () => {
  const lost = await paidAgo(1);
  const [begunAt, changedAt] = [ago(2), ago(0.5)];
  const stopping = new AbortController();
  const deps = depsOf();
  deps.payments.changed = async () => ({ payments: [{ ...paid(lost, 1), changedAt }] });
  await deps.progress.advance(begunAt);
  await sweepChanges({ ...deps, faultPoint: () => stopping.abort() }, stopping.signal);
  expect(await deps.progress.read()).toBe(begunAt);
  await sweepChanges(deps);
  expect(rebuilt).toEqual([lost]);
});
