// Refund limits, cash receipts and escrow by payment method, end to end.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack({ order: { ESCROW: "required" } });
  shopper = shopperOf(stack);
}, 600_000);
afterAll(() => stack.close());

async function pay(method: string, options: object = {}, chosen: object = {}) {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order, { method, session: options, chosen });
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  return authenticated;
}

const paymentOf = async (orderId: string) => {
  const response = await fetch(`${stack.url}/api/payments/${orderId}`, {
    headers: { Authorization: `Bearer ${stack.merchantKey}` },
  });
  return (await response.json()) as Record<string, unknown>;
};

test("a phone payment shows its full-refund limit and deadline, and a partial refund never reaches Toss", async () => {
  const { orderId } = await pay("MOBILE_PHONE");
  expect(await paymentOf(orderId)).toMatchObject({
    method: "휴대폰",
    refundLimits: { wholeOnly: true, until: expect.stringMatching(/T15:00:00\.000Z$/) },
  });
  const part = await shopper.refund(orderId, { reason: "변심", amount: 400 });
  expect([part.status, await part.json()]).toMatchObject([422, { code: "refund_whole_only" }]);
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 1000, cancels: 0 }]);
  const whole = await shopper.refund(orderId, { reason: "변심" });
  expect(await whole.json()).toMatchObject({ status: "CANCELED", balanceAmount: 0 });
});

test("a transfer's cash receipt is shown, and cancelled with the refund", async () => {
  const { orderId } = await pay("TRANSFER", {}, { cashReceipt: "소득공제" });
  expect(await paymentOf(orderId)).toMatchObject({
    cashReceipt: { type: "소득공제", status: "IN_PROGRESS", url: expect.stringContaining("http") },
    refundLimits: { wholeOnly: false },
  });
  await shopper.refund(orderId, { reason: "일부", amount: 400 });
  expect(await paymentOf(orderId)).toMatchObject({ cashReceipt: { status: "IN_PROGRESS" } });
  await shopper.refund(orderId, { reason: "나머지" });
  expect(await paymentOf(orderId)).toMatchObject({ cashReceipt: { status: "CANCELED" } });
});

test("a deposit's cash receipt comes with the deposit", async () => {
  const { orderId, paymentKey } = await pay("VIRTUAL_ACCOUNT", {}, { cashReceipt: "지출증빙" });
  expect(await paymentOf(orderId)).toMatchObject({ cashReceipt: null });
  await shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, {});
  await shopper.becomes(orderId, "CONFIRMED");
  expect(await paymentOf(orderId)).toMatchObject({ cashReceipt: { type: "지출증빙" } });
});

test("an escrow payment is shown as such, and is refundable only in full", async () => {
  const { orderId } = await pay("TRANSFER", { transfer: { useEscrow: true } });
  expect(await paymentOf(orderId)).toMatchObject({
    isEscrow: true,
    refundLimits: { wholeOnly: true },
  });
  const order = await shopper.place();
  const page = await fetch(`${stack.url}/orders/${order.orderId}`, {
    headers: shopper.sessionOf(order.orderId),
  });
  const body = await page.text();
  expect(body).toContain('data-escrow="required"');
  expect(body).toContain("&quot;unitPrice&quot;:1000");
});

test("other callers see neither the cash receipt nor the refund limits", async () => {
  const { orderId } = await pay("TRANSFER", {}, { cashReceipt: "소득공제" });
  const response = await fetch(`${stack.url}/api/payments/${orderId}`);
  expect(await response.json()).toMatchObject({ cashReceipt: null, refundLimits: null });
});
