import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually, ownKafka } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "../shopper.ts";
import { testStack, type TestStack } from "../stack.ts";

setDefaultTimeout(600_000);

let kafka: Awaited<ReturnType<typeof ownKafka>>;
let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let databases: postgres.Sql[];

beforeAll(async () => {
  kafka = await ownKafka();
  stack = await testStack({ brokers: kafka.brokers });
  shopper = shopperOf(stack);
  databases = Object.values(stack.databases).map((url) => postgres(url, { max: 1 }));
}, 600_000);
afterAll(async () => {
  await Promise.all(databases.map((sql) => sql.end()));
  await stack.close();
  await kafka.close();
}, 600_000);

async function ready(): Promise<unknown> {
  const response = await fetch(`${stack.url}/readyz`);
  return { code: response.status, ...((await response.json()) as object) };
}

/** Events that wait in the outboxes, and those that their consumer has handled. */
async function counts(orderId: string) {
  const [order, payment] = databases as [postgres.Sql, postgres.Sql];
  const waiting = await Promise.all(
    [order, payment].map(
      (sql) =>
        sql`select topic from outbox where aggregate_id = ${orderId} and is_waiting order by version`,
    ),
  );
  const [taken] = await payment`
    select count(*)::int as count from inbox where message_id in
      (select unnest(${(await order`select event_id from outbox where aggregate_id = ${orderId} and topic = 'OrderCreated'`).map((row) => row["event_id"])}::uuid[]))`;
  return {
    waiting: waiting.map((rows) => rows.map((row) => row["topic"])),
    taken: taken?.["count"],
  };
}

test("orders are placed and paid while Kafka is down, and their events are published when it is up again", async () => {
  const before = await shopper.pay();
  await eventually(async () =>
    expect(await counts(before.orderId)).toEqual({ waiting: [[], []], taken: 1 }),
  );
  await kafka.kill();
  const { orderId } = await shopper.pay();
  expect((await shopper.get(orderId)).status).toBe("CONFIRMED");
  expect(await counts(orderId)).toEqual({
    waiting: [["OrderCreated", "OrderConfirmed"], ["PaymentConfirmed"]],
    taken: 0,
  });
  await eventually(
    async () =>
      expect(await ready()).toMatchObject({
        code: 200,
        status: "degraded",
        parts: { database: "ready", kafka: "down" },
      }),
    { timeoutMs: 40_000 },
  );
  await kafka.start();
  await eventually(async () => expect(await ready()).toMatchObject({ status: "ready" }), {
    timeoutMs: 40_000,
  });
  await eventually(
    async () => expect(await counts(orderId)).toEqual({ waiting: [[], []], taken: 1 }),
    { timeoutMs: 40_000 },
  );
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ approvals: 1 }]);
}, 600_000);
