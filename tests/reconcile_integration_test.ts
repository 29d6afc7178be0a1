import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { reconcile as runReconcile } from "./reconcile_command.ts";
import { shopperOf } from "./shopper.ts";
import { firstSweep, testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  // No scheduled query, no webhook and no sweep may settle the payment first.
  stack = await testStack({ payment: { RECONCILE_AFTER_MS: "600000" } });
  shopper = shopperOf(stack);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  await firstSweep(stack);
}, 600_000);
afterAll(() => stack.close());

const reconcile = (...words: string[]) => runReconcile(stack, ...words);

test("bun run reconcile ORDER_ID ends a payment and a refund whose responses were lost", async () => {
  const lose = (operation: string) =>
    shopper.sandbox("/_sandbox/faults", [{ operation, fault: "lose_response", times: 1 }]);
  const order = await shopper.place();
  const { orderId } = order;
  const authenticated = await shopper.authenticate(order);
  await lose("confirm");
  expect((await shopper.confirm(authenticated)).status).toBe(202);
  expect((await reconcile()).at(-1)).toEqual(
    expect.arrayContaining([orderId, "IN_PROGRESS", "attempt", "UNKNOWN"]),
  );
  const shown = new Map((await reconcile(orderId)).map(([field, value]) => [field, value]));
  expect(shown.get("payment")).toBe("DONE");
  expect(shown.get("balance at Toss")).toBe("1000");

  await lose("cancel");
  const refund = { reason: "변심", amount: 400 };
  expect((await shopper.refund(orderId, refund, "refund-1")).status).toBe(202);
  expect((await reconcile()).at(-1)).toEqual(
    expect.arrayContaining([orderId, "refund", "refund-1", "UNKNOWN"]),
  );
  const refunded = await reconcile(orderId);
  expect(refunded).toContainEqual(["payment", "PARTIAL_CANCELED"]);
  expect(refunded).toContainEqual(["balance at Toss", "600"]);
  expect(refunded).toContainEqual(["refunds", "refund-1 400 DONE"]);
  expect(await reconcile()).toEqual([["None."]]);
});
