import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { OrderEvent } from "@payflow/shared";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import * as v from "valibot";
import { placeOrder } from "../application/place_order.ts";
import type { OrderDeps } from "../application/ports.ts";
import { createTailLength } from "../application/tail_length.ts";
import { Order } from "../domain/order.ts";
import { quoteItems } from "../domain/product.ts";
import { after, products, snapshots } from "../testing/given.ts";
import { orderMigrations } from "./migrations.ts";
import { orderRows, postgresOrders, storeProductNames } from "./postgres_orders.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  opened = openDatabase({ url: database.url, applicationName: "orders-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const now = () => new Date().toISOString();
const newId = () => Bun.randomUUIDv7();

function repository() {
  const ignored = { onSaved: () => {}, onChanged: () => {} };
  return postgresOrders(opened.kysely, { newId, now, ...ignored });
}

/** An order with two lines, from a browser. */
function place() {
  const quote = quoteItems(
    [
      { productId: "keycaps", quantity: 2 },
      { productId: "dev-tool", quantity: 3 },
    ],
    products,
  );
  const who = { customerName: "이페이", customerEmail: "lee@example.com" };
  return Order.place(
    { quote, ...who, sessionId: newId() },
    { now: now(), newId, orderId: newId(), tailLength: 4, ttlMs: 2_700_000 },
  );
}

const { ready: _, ...telling } = snapshots;
test.each(Object.keys(telling) as (keyof typeof telling)[])(
  "an order whose payment is %s is read as it was saved, with its events in the outbox",
  async (name) => {
    const orders = repository();
    const placed = place();
    const { orderId, amount } = placed.state;
    const payment = { ...snapshots[name], orderId, amount };
    const followed = after(placed.state, payment);
    for (const change of [placed, followed])
      expect(await orders.save(change, { cause: "test" })).toBe("saved");
    expect(await orders.find(orderId)).toEqual(followed.state);

    const { rows: waiting } = await sql<{ topic: string; payload: string; event_id: string }>`
      select topic, payload, event_id from waiting_events join events using (aggregate_id, version)
      where aggregate_id = ${orderId} order by version`.execute(opened.kysely);
    const decided = [...placed.events, ...followed.events];
    expect(waiting.map((row) => v.parse(OrderEvent, JSON.parse(row.payload)))).toEqual(decided);
    expect(waiting.map((row) => row.topic)).toEqual(decided.map((event) => event.eventType));
    expect(waiting.map((row) => row.event_id)).toEqual(decided.map((event) => event.eventId));
  },
);

test("a save stores its webhook delivery, and a stale save stores none", async () => {
  const orders = repository();
  await sql`insert into webhook_endpoints (id, url, secret) values (${newId()}, 'https://a.example/', 'whsec_x')`.execute(
    opened.kysely,
  );
  const placed = place();
  const { orderId, amount } = placed.state;
  expect(await orders.save(placed, { cause: "test" })).toBe("saved");
  const paid = after(placed.state, { ...snapshots.done, orderId, amount });
  const late = { ...paid, state: { ...paid.state, version: 5 } };
  expect(await orders.save(late, { cause: "test" })).toBe("stale");
  const { rows } = await sql`
    select kind from webhook_deliveries where order_id = ${orderId}`.execute(opened.kysely);
  expect([...rows]).toEqual([{ kind: "OrderCreated" }]);
  await sql`delete from webhook_endpoints`.execute(opened.kysely);
});

test("saves write every column of orders", async () => {
  const { rows } = await sql<{ column_name: string }>`
    select column_name from information_schema.columns where table_name = ${orderRows.table.name}`.execute(
    opened.kysely,
  );
  const saved = ["id", "version", ...Object.keys(orderRows.table.columns)];
  expect(rows.map((row) => row.column_name).sort()).toEqual(saved.sort());
});

test("orders whose numbers are taken get longer ones, and all concurrent orders are placed", async () => {
  let ids = 0;
  // orders' numbers differ only in the sixth character; every second id is an event's
  const newId = () => {
    const n = BigInt(++ids);
    const id = (1n << 127n) + (n % 2n === 1n ? 25n ** 5n * n : n);
    return id.toString(16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const deps = {
    orders: repository(),
    products: () => products,
    now: () => "2026-11-27T03:00:00.000Z",
    orderTtlMs: 2_700_000,
    tailLength: createTailLength(),
    faultPoint: () => {},
    newId,
  } as Partial<OrderDeps> as OrderDeps;
  const placing = Array.from({ length: 20 }, (_, index) =>
    placeOrder(
      {
        items: [{ productId: "keycaps", quantity: 1 }],
        customerName: "이페이",
        customerEmail: "lee@example.com",
        sessionId: null,
        claim: { scope: "merchant", key: `number ${index}`, requestHash: "#" },
      },
      deps,
    ),
  );
  const placed = await Promise.all(placing);
  const numbers = placed.map(({ order }) => order.orderNumber);
  expect(new Set(numbers).size).toBe(20);
  const lengths = Object.groupBy(numbers, (number) => number.length);
  expect(Object.keys(lengths)).toEqual(["9", "10", "11"]);
  for (const { order, replayed } of placed) {
    expect(replayed).toBe(false);
    expect(await deps.orders.find(order.orderId)).toEqual(order);
  }
});

test("storeProductNames() keeps the names of products that are no longer sold", async () => {
  const mug = { productId: "mug", name: "머그컵" };
  await storeProductNames(opened.kysely, [mug, { productId: "cap", name: "모자" }]);
  const names = await storeProductNames(opened.kysely, [{ ...mug, name: "머그잔" }]);
  expect([...names].sort()).toEqual([
    ["cap", "모자"],
    ["mug", "머그잔"],
  ]);
});
