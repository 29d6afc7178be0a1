import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

// unreachable: no event ever arrives, as when Kafka's disk is lost
const noKafka = ["127.0.0.1:9"];

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack({
    brokers: noKafka,
    order: { SWEEP_MS: "300" },
    payment: { TRANSACTION_SWEEP_MS: "300" },
  });
  shopper = shopperOf(stack);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}, 600_000);
afterAll(() => stack.close());

test("a checkout works without Kafka", async () => {
  const { orderId } = await shopper.pay();
  expect(await shopper.get(orderId)).toMatchObject({ status: "CONFIRMED" });
});

test("a refund in Toss's console is found without its webhook, and the order follows without an event", async () => {
  const { orderId } = await shopper.pay([{ productId: "keycaps", quantity: 1 }]);
  const [held] = await shopper.heldByToss(orderId);
  const path = `/_sandbox/payments/${held?.paymentKey}/cancel`;
  await shopper.sandbox(path, { cancelReason: "전화로 요청", cancelAmount: 9000 });
  const order = await shopper.becomes(orderId, "PARTIALLY_REFUNDED");
  expect(order.refundedAmount).toBe(9000);
});

test("an order that can't follow its payment does not block other orders", async () => {
  const [broken, well] = [await shopper.pay(), await shopper.pay()];
  const orders = postgres(stack.databases.order, { max: 1 });
  const payments = postgres(stack.databases.payment, { max: 1 });
  // a manual change in the database: payment's snapshots have another amount
  await orders`update orders set amount_krw = 999 where id = ${broken.orderId}`;
  await orders.end();
  for (const { orderId } of [broken, well]) {
    const [held] = await shopper.heldByToss(orderId);
    await shopper.sandbox(`/_sandbox/payments/${held?.paymentKey}/cancel`, {
      cancelReason: "전화로 요청",
    });
    await eventually(async () => {
      const [row] = await payments`select status from payments where id = ${orderId}`;
      expect(row?.["status"]).toBe("CANCELED");
    });
  }
  await payments.end();
  await shopper.becomes(well.orderId, "REFUNDED");
  expect((await shopper.get(broken.orderId)).status).toBe("CONFIRMED");
});

test("an order whose OrderCreated was lost still expires", async () => {
  const { orderId } = await shopper.place();
  const databases = [stack.databases.order, stack.databases.payment].map((url) =>
    postgres(url, { max: 1 }),
  );
  const [orders, payments] = databases as [postgres.Sql, postgres.Sql];
  // only the sweep sends the order to payment, before or after it expires
  await orders`update orders set expires_at = now() where id = ${orderId}`;
  await payments`update payments set expires_at = now(), next_at = now() where id = ${orderId}`;
  await Promise.all(databases.map((sql) => sql.end()));
  await shopper.becomes(orderId, "EXPIRED");
});

test("the history of an order has both services' decisions and the unpublished events", async () => {
  const { orderId } = await shopper.pay();
  const path = `${stack.url}/api/orders/${orderId}/history`;
  expect((await fetch(path)).status).toBe(401);
  const headers = { Authorization: `Bearer ${stack.merchantKey}` };
  await eventually(async () => {
    const { history } = (await (await fetch(path, { headers })).json()) as {
      history: { part: string; status: string; cause: string }[];
    };
    // in a slow run a query or a sweep may make these entries first
    const early = ["askToss", "openPayment", "sweepPayments", "confirmOrder"];
    const causes = history.map((entry) => entry.cause);
    expect(causes.filter((cause) => !early.includes(cause))).toEqual([
      "placeOrder",
      "confirmPayment",
      "recordConfirmAnswer",
    ]);
    const confirmed = history.find(
      ({ part, status }) => part === "order" && status === "CONFIRMED",
    );
    expect(confirmed?.cause).toBeOneOf(["confirmOrder", "sweepPayments"]);
    expect(history[0]).toMatchObject({
      part: "order",
      status: "PENDING",
      events: [{ eventType: "OrderCreated", isPublished: false }],
    });
  });
});

test("the metrics show the waiting events, and need a key", async () => {
  const headers = { Authorization: `Bearer ${stack.merchantKey}` };
  const text = await (await fetch(`${stack.url}/metrics`, { headers })).text();
  // the events are not published, but the orders are paid
  expect(text).toMatch(/^payflow_outbox_waiting\{service="order"\} [1-9]\d*$/m);
  expect(text).toMatch(/^payflow_orders_total\{status="CONFIRMED",service="order"\} [1-9]\d*$/m);
  expect((await fetch(`${stack.url}/metrics`)).status).toBe(401);
  const internal = { "X-Internal-Key": stack.internalKey };
  const of = await (await fetch(`${stack.paymentUrl}/metrics`, { headers: internal })).text();
  expect(of).toMatch(
    /^payflow_payments_total\{outcome="confirmed",method=".+",service="payment"\} [1-9]\d*$/m,
  );
  expect(of).toMatch(/^payflow_attention_items\{kind="payment",service="payment"\} 0$/m);
  const bearer = async (key: string) => {
    const asBearer = { Authorization: `Bearer ${key}` };
    return (await fetch(`${stack.paymentUrl}/metrics`, { headers: asBearer })).status;
  };
  expect(await bearer(stack.internalKey)).toBe(200);
  expect(await bearer(stack.merchantKey)).toBe(401);
  expect((await fetch(`${stack.paymentUrl}/metrics`)).status).toBe(401);
});
