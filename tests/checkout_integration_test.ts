import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
}, 600_000);
afterAll(() => stack.close());

describe("checkout", () => {
  test("a paid order becomes CONFIRMED, charged once", async () => {
    const order = await shopper.place();
    const response = await shopper.confirm(await shopper.authenticate(order));
    expect(await response.json()).toMatchObject({
      status: "DONE",
      amount: 1000,
      balanceAmount: 1000,
    });
    expect(response.status).toBe(200);
    const confirmed = await shopper.get(order.orderId);
    expect(confirmed.status).toBe("CONFIRMED");
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { status: "DONE", balanceAmount: 1000, approvals: 1 },
    ]);
  });

  test("an order's event carries the trace of the shopper's request", async () => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const response = await fetch(`${stack.url}/api/orders`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({
        items: [{ productId: "dev-tool", quantity: 1 }],
        customerName: "김토스",
        customerEmail: "kim@example.com",
      }),
    });
    const { orderId } = (await response.json()) as { orderId: string };
    await shopper.cancel(orderId);
    const orders = postgres(stack.databases.order, { max: 1 });
    try {
      const rows = await orders`
        select topic, trace from outbox where aggregate_id = ${orderId} order by version`;
      expect(rows[0]?.["topic"]).toBe("OrderCreated");
      expect(rows[0]?.["trace"]).toContain(trace);
    } finally {
      await orders.end();
    }
  });
});
