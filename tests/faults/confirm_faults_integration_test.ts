import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { shopperOf } from "../shopper.ts";
import { testStack, type TestStack } from "../stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack({ payment: { TOSS_TIMEOUT_MS: "400", RECONCILE_AFTER_MS: "100" } });
  shopper = shopperOf(stack);
  // The outcome must be found without a webhook.
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}, 600_000);
afterAll(() => stack.close(), 30_000);

type Case = {
  readonly what: string;
  readonly confirm: object;
  /** The fault of the status queries that follow. */
  readonly find?: object;
};

const cases: readonly Case[] = [
  { what: "whose response is lost", confirm: { fault: "lose_response" } },
  {
    what: "that takes effect, but gets a server error",
    confirm: { fault: "error_after" },
  },
  {
    what: "that takes effect, but gets an error of the card company",
    confirm: { fault: "error_after", code: "PROVIDER_ERROR" },
  },
  {
    what: "that takes no effect and gets a server error",
    confirm: { fault: "error_before" },
  },
  {
    what: "that takes effect after the time-out",
    confirm: { fault: "delay", delayMs: 1_500 },
  },
  {
    what: "whose response is lost, when the query finds nothing",
    confirm: { fault: "lose_response" },
    find: { fault: "not_found", times: 1 },
  },
  {
    what: "whose response is lost, when the query returns a stale state",
    confirm: { fault: "lose_response" },
    find: { fault: "stale", times: 1 },
  },
  {
    what: "whose response is lost, when the query gets no response",
    confirm: { fault: "lose_response" },
    find: { fault: "lose_response", times: 1 },
  },
];

describe("a confirm", () => {
  for (const { what, confirm, find } of cases) {
    test.concurrent(
      `${what}, charges once and confirms the order`,
      async () => {
        const order = await shopper.place();
        const { orderId } = order;
        const authenticated = await shopper.authenticate(order, { confirm });
        if (find) {
          await shopper.sandbox("/_sandbox/faults", { operation: "find", orderId, ...find });
        }
        const response = await shopper.confirm(authenticated);
        expect([200, 202]).toContain(response.status);
        await shopper.becomes(orderId, "CONFIRMED");
        expect(await shopper.heldByToss(orderId)).toMatchObject([
          { approvals: 1, balanceAmount: order.amount },
        ]);
        const again = await shopper.confirm(authenticated);
        expect(again.status).toBe(200);
        expect(await shopper.heldByToss(orderId)).toMatchObject([{ approvals: 1 }]);
      },
      600_000,
    );
  }

  test.concurrent(
    "that is declined leaves the order payable by another payment",
    async () => {
      const order = await shopper.place();
      const declined = await shopper.authenticate(order, {
        confirm: { fault: "decline", code: "REJECT_CARD_PAYMENT" },
      });
      const refusal = await shopper.confirm(declined);
      expect(refusal.status).toBe(402);
      expect(await refusal.json()).toMatchObject({
        code: "payment_declined",
        providerCode: "REJECT_CARD_PAYMENT",
      });
      expect((await shopper.get(order.orderId)).status).toBe("PENDING");
      const paid = await shopper.authenticate(order);
      expect((await shopper.confirm(paid)).status).toBe(200);
      expect((await shopper.confirm(declined)).status).toBe(402);
      const held = await shopper.heldByToss(order.orderId);
      const approvalsOf = (paymentKey: string) =>
        held.find((payment) => payment.paymentKey === paymentKey)?.approvals;
      expect(approvalsOf(declined.paymentKey)).toBe(0);
      expect(approvalsOf(paid.paymentKey)).toBe(1);
    },
    600_000,
  );
});
