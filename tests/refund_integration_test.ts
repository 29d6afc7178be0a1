import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  // long enough that a lost response is settled only after the caller's own response
  stack = await testStack({ payment: { RECONCILE_AFTER_MS: "3000" } });
  shopper = shopperOf(stack);
}, 600_000);
afterAll(() => stack.close());

const keycaps = [{ productId: "keycaps", quantity: 1 }];

describe("refund", () => {
  test("partial refunds add up, and the order shows the refunded amount", async () => {
    const { orderId } = await shopper.pay(keycaps);
    const first = await shopper.refund(orderId, { reason: "한 개 품절", amount: 9000 });
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({
      status: "PARTIAL_CANCELED",
      balanceAmount: 30_000,
      cancels: [{ amount: 9000 }],
    });
    expect(await shopper.get(orderId)).toMatchObject({
      status: "PARTIALLY_REFUNDED",
      refundedAmount: 9000,
    });
    const rest = await shopper.refund(orderId, { reason: "나머지" });
    expect(await rest.json()).toMatchObject({ status: "CANCELED", balanceAmount: 0 });
    expect(await shopper.get(orderId)).toMatchObject({
      status: "REFUNDED",
      refundedAmount: 39_000,
    });
    expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 0, approvals: 1 }]);
  });

  test("is made once per key, and another request under the same key is rejected", async () => {
    const { orderId } = await shopper.pay(keycaps);
    const body = { reason: "변심", amount: 1000 };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => shopper.refund(orderId, body, "key-1")),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
    expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 38_000 }]);
    const other = await shopper.refund(orderId, { ...body, amount: 2000 }, "key-1");
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: "idempotency_key_reused" });
  });

  test("never returns more than was paid", async () => {
    const { orderId } = await shopper.pay(keycaps);
    const tooMuch = await shopper.refund(orderId, { reason: "변심", amount: 39_001 });
    expect(tooMuch.status).toBe(422);
    expect(await tooMuch.json()).toMatchObject({ code: "amount_exceeds_balance" });
    const many = await Promise.all(
      Array.from({ length: 8 }, () => shopper.refund(orderId, { reason: "변심", amount: 10_000 })),
    );
    const codes = many.map((answer) => answer.status);
    expect(codes.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1);
    const [held] = await shopper.heldByToss(orderId);
    const returned = codes.filter((status) => status === 200).length * 10_000;
    expect(held?.balanceAmount).toBe(39_000 - returned);
  });

  test.each(["lose_response", "error_after", "error_before"] as const)(
    "whose response is lost (%s) is settled automatically, and made once",
    async (fault) => {
      const { orderId } = await shopper.pay(keycaps);
      await shopper.sandbox("/_sandbox/webhooks", { drop: true });
      await shopper.sandbox("/_sandbox/faults", { operation: "cancel", fault, times: 1, orderId });
      const answer = await shopper.refund(orderId, { reason: "변심", amount: 5000 }, "key-2");
      expect(answer.status).toBe(202);
      await eventually(async () => {
        expect(await shopper.get(orderId)).toMatchObject({
          status: "PARTIALLY_REFUNDED",
          refundedAmount: 5000,
        });
      });
      const again = await shopper.refund(orderId, { reason: "변심", amount: 5000 }, "key-2");
      expect(again.status).toBe(200);
      expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 34_000 }]);
      await shopper.sandbox("/_sandbox/webhooks", {});
    },
  );

  test("of a deposit needs the shopper's account", async () => {
    const order = await shopper.place(keycaps);
    const { paymentKey, ...rest } = await shopper.authenticate(order, {
      method: "VIRTUAL_ACCOUNT",
    });
    expect((await shopper.confirm({ paymentKey, ...rest })).status).toBe(200);
    await shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, {});
    await shopper.becomes(order.orderId, "CONFIRMED");
    const without = await shopper.refund(order.orderId, { reason: "변심" });
    expect(await without.json()).toMatchObject({ code: "refund_account_required" });
    // each partial refund goes to its own account
    const account = (accountNumber: string, holderName: string) => {
      return { bank: "20", accountNumber, holderName };
    };
    const accounts = [account("1002123456789", "김토스"), account("3333009876543", "이페이")];
    for (const refundAccount of accounts) {
      const part = { reason: "변심", amount: 19_500, refundAccount };
      const refunded = await shopper.refund(order.orderId, part);
      expect(refunded.status).toBe(200);
    }
    expect(await shopper.get(order.orderId)).toMatchObject({ status: "REFUNDED" });
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { refunds: accounts.map((each) => ({ amount: 19_500, account: each })) },
    ]);
  });

  test("of a card payment sends no account to Toss, even if the request has one", async () => {
    const { orderId } = await shopper.pay(keycaps);
    const refundAccount = { bank: "20", accountNumber: "1002123456789", holderName: "김토스" };
    await shopper.refund(orderId, { reason: "변심", refundAccount });
    expect(await shopper.heldByToss(orderId)).toMatchObject([
      { refunds: [{ amount: 39_000, account: null }] },
    ]);
  });

  test("needs the merchant's key, and is rejected for unpaid orders", async () => {
    const order = await shopper.place(keycaps);
    const unpaid = await shopper.refund(order.orderId, { reason: "변심" });
    expect(unpaid.status).toBeGreaterThanOrEqual(404);
    expect(["payment_not_found", "payment_not_refundable"]).toContain(
      ((await unpaid.json()) as { code: string }).code,
    );
    const headers = { "Content-Type": "application/json", "Idempotency-Key": "k" };
    const path = `${stack.url}/api/payments/${order.orderId}/cancel`;
    const other = await fetch(path, {
      method: "POST",
      headers,
      body: JSON.stringify({ reason: "변심" }),
    });
    expect(other.status).toBe(401);
  });
});
