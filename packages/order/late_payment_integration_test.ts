import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { migrate, openDatabase } from "@payflow/database";
import { connectKafka, createEventProducer, type EventProducer } from "@payflow/outbox";
import { eventSignatures } from "@payflow/outbox/testing";
import { silentLog, type Service } from "@payflow/shared/http";
import {
  eventually,
  startedKafka,
  testDatabase,
  testTopicPrefix,
  type TestDatabase,
} from "@payflow/local-stack/testing";
import { createOrderService, orderMigrations, readOrderConfig } from "./mod.ts";
import { snapshots } from "./testing/given.ts";

setDefaultTimeout(600_000);

const merchantKey = "merchant-key-of-the-tests";
const prefix = testTopicPrefix();
let database: TestDatabase;
let service: Service;
let late: EventProducer;
const internalKey = "internal-key-of-the-tests";
const { sign } = eventSignatures({ current: internalKey, accepted: [] });

/** Runs the order service without payment. */
beforeAll(async () => {
  const { brokers } = await startedKafka();
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  const config = readOrderConfig({
    DATABASE_URL: database.url,
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_PREFIX: prefix,
    KAFKA_PARTITIONS: "1",
    PAYMENT_URL: "http://payment.test",
    PUBLIC_URL: "http://shop.test",
    TOSS_CLIENT_KEY: "test_ck_sandbox",
    INTERNAL_API_KEY: internalKey,
    MERCHANT_API_KEY: merchantKey,
    SESSION_SECRET: "session-secret-of-the-tests",
    RATE_LIMIT_PER_MINUTE: "0",
  });
  service = await createOrderService(config, {
    log: silentLog,
    paymentFetch: async () => {
      throw new Error("payment is not running");
    },
  });
  await service.start();
  late = createEventProducer(connectKafka(config.kafka, silentLog), prefix);
});
afterAll(async () => {
  await service.stop();
  await late.close();
  await database.drop();
});

async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const request = new Request(`http://shop.test${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${merchantKey}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await service.fetch(request, undefined as never);
  return (await response.json()) as Record<string, unknown>;
}

test("orders can be placed before payment first runs, and apply its events later", async () => {
  const eventType = "PaymentConfirmed";
  await eventually(
    async () =>
      expect(await call("/readyz")).toMatchObject({
        status: "degraded",
        parts: { database: "ready", payment: "down", kafka: "ready" },
      }),
    { timeoutMs: 30_000 },
  );
  const { orderId, amount } = (await call("/api/orders", {
    items: [{ productId: "dev-tool", quantity: 1 }],
    customerName: "김토스",
    customerEmail: "kim@example.com",
  })) as { orderId: string; amount: number };
  const eventId = crypto.randomUUID();
  const occurredOn = new Date().toISOString();
  const paid = { ...snapshots.done, orderId, amount, balanceAmount: amount };
  const event = {
    topic: eventType,
    key: orderId,
    value: JSON.stringify({ eventId, eventType, occurredOn, ...paid }),
    headers: { ce_id: eventId },
  };
  const forged = {
    ...event,
    value: event.value.replace(/"paymentVersion":\d+/, '"paymentVersion":999999'),
  };
  expect(forged.value).not.toBe(event.value);
  // one partition: the forged events have been handled when the last one takes effect
  await late.send([forged, { ...sign(event), value: forged.value }, sign(event)]);
  await eventually(
    async () => expect(await call(`/api/orders/${orderId}`)).toMatchObject({ status: "CONFIRMED" }),
    { timeoutMs: 20_000 },
  );
  const order = openDatabase({ url: database.url, applicationName: "test" });
  const { rows } = await sql<{ version: number }>`
    select (payment->>'paymentVersion')::integer as version from orders where id = ${orderId}`.execute(
    order.kysely,
  );
  await order.close();
  expect(rows).toEqual([{ version: snapshots.done.paymentVersion }]);
});
