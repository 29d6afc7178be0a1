import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { reconcile as runReconcile } from "./reconcile_command.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  // no scheduled query, webhook or sweep may settle the payment first
  stack = await testStack({ payment: { RECONCILE_AFTER_MS: "600000" } });
  shopper = shopperOf(stack);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}, 600_000);
afterAll(() => stack.close());

const listed = () => runReconcile(stack);
const queried = (orderId: string) => runReconcile<Record<string, unknown>>(stack, orderId);

test("bun run reconcile ORDER_ID settles a payment and a refund whose responses were lost", async () => {
  const lose = (operation: string) =>
    shopper.sandbox("/_sandbox/faults", [{ operation, fault: "lose_response", times: 1 }]);
  const order = await shopper.place();
  const { orderId } = order;
  const authenticated = await shopper.authenticate(order);
  await lose("confirm");
  expect((await shopper.confirm(authenticated)).status).toBe(202);
  expect((await listed()).at(-1)).toMatchObject({
    orderId,
    paymentStatus: "IN_PROGRESS",
    kind: "attempt",
    status: "UNKNOWN",
  });
  expect(await queried(orderId)).toMatchObject({ paymentStatus: "DONE", heldAmount: 1000 });

  await lose("cancel");
  const refund = { reason: "변심", amount: 400 };
  expect((await shopper.refund(orderId, refund, "refund-1")).status).toBe(202);
  expect((await listed()).at(-1)).toMatchObject({
    orderId,
    kind: "refund",
    key: "refund-1",
    status: "UNKNOWN",
  });
  expect(await queried(orderId)).toMatchObject({
    paymentStatus: "PARTIAL_CANCELED",
    heldAmount: 600,
    refunds: "refund-1 400 DONE",
    open: 0,
  });
  expect(await listed()).toEqual([]);
});
