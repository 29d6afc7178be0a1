import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { apiOf } from "./api_client.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let api: ReturnType<typeof apiOf>;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  api = apiOf(stack);
}, 600_000);
afterAll(() => stack.close());
afterEach(() => shopper.sandbox("/_sandbox/settings", { amountMismatchCode: "INVALID_REQUEST" }));

/** Expects that the order can be paid at once. */
async function paysAtOnce(order: Awaited<ReturnType<typeof shopper.place>>) {
  const paid = await shopper.confirm(await shopper.authenticate(order));
  expect(await paid.json()).toMatchObject({ status: "DONE" });
}

// Toss's documents don't say with which code it rejects a wrong amount
test.each([
  "INVALID_REQUEST",
  "FORBIDDEN_REQUEST",
  "UNAPPROVED_ORDER_ID",
  "PROVIDER_ERROR",
  "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
])(
  "a payment window opened with another amount does not block the order when Toss responds with %s",
  async (amountMismatchCode) => {
    await shopper.sandbox("/_sandbox/settings", { amountMismatchCode });
    const order = await shopper.place();
    const cheap = await shopper.authenticate({ ...order, amount: 100 });
    const refused = await shopper.confirm({ ...cheap, amount: order.amount });
    await api.refusal(refused, 422, "amount_mismatch");
    await paysAtOnce(order);
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { status: "IN_PROGRESS", approvals: 0 },
      { status: "DONE", approvals: 1 },
    ]);
  },
);

test("another order's payment does not block an order", async () => {
  const own = await shopper.place();
  const { paymentKey } = await shopper.authenticate(own);
  const order = await shopper.place();
  const { orderId, amount } = order;
  const refused = await shopper.confirm({ paymentKey, orderId, amount });
  await api.refusal(refused, 422, "order_mismatch");
  await paysAtOnce(order);
  const paid = await shopper.confirm({ paymentKey, orderId: own.orderId, amount });
  expect(await paid.json()).toMatchObject({ status: "DONE" });
  const third = await shopper.place();
  const again = { paymentKey, orderId: third.orderId, amount };
  await api.refusal(await shopper.confirm(again), 422, "order_mismatch");
  await paysAtOnce(third);
});

test.each(["..", ".", "", "a/b", "a%2fb", "a b", "키", "orders", "x".repeat(201)])(
  'the paymentKey "%s" is rejected everywhere, and does not block the order',
  async (paymentKey) => {
    const order = await shopper.place();
    const { orderId, amount } = order;
    const body = { paymentKey, orderId, amount };
    const refused = await api.call("/api/payments/confirm", { body });
    await api.refusal(refused, 422, "invalid_request");
    const page = new URLSearchParams({ ...body, amount: String(amount) });
    expect((await api.call(`/success?${page}`)).status).toBe(400);
    const webhook = { eventType: "PAYMENT_STATUS_CHANGED", data: body };
    const hook = await api.call("/webhooks/toss", { body: webhook });
    await api.refusal(hook, 400, "malformed_webhook");
    await paysAtOnce(order);
  },
);
