import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { shopperOf } from "../shopper.ts";
import { testStack, type TestStack } from "../stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
/** Fault points at which the next confirm crashes. */
const crashes = new Set<string>();

beforeAll(async () => {
  stack = await testStack({
    // long enough that the restarted service settles the payment, not the crashed one
    payment: { TOSS_TIMEOUT_MS: "100", RECONCILE_AFTER_MS: "2000" },
    faultPoint: (name) => {
      if (crashes.delete(name)) throw new Error(`killed at ${name}`);
    },
  });
  shopper = shopperOf(stack);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}, 600_000);
afterAll(() => stack.close(), 30_000);

test("a restarted payment service settles confirms that a crash interrupted, each charged once", async () => {
  const killed = [];
  // stored but not sent; sent but not recorded; recorded but not answered
  for (const point of ["confirm:requested", "confirm:answered", "confirm:recorded"]) {
    const order = await shopper.place();
    const authenticated = await shopper.authenticate(order);
    crashes.add(point);
    const confirming = shopper.confirm(authenticated);
    killed.push({ point, order, authenticated, confirming });
    await confirming;
    expect([...crashes]).toEqual([]);
  }
  await stack.restartPayment();
  for (const { order, authenticated } of killed) {
    await shopper.becomes(order.orderId, "CONFIRMED");
    expect((await shopper.confirm(authenticated)).status).toBe(200);
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { approvals: 1, balanceAmount: order.amount },
    ]);
  }
}, 600_000);
