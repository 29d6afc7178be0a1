import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
}, 60_000);
afterAll(() => stack.close());

describe("checkout", () => {
  test("an order that is paid turns CONFIRMED, charged once", async () => {
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
});
