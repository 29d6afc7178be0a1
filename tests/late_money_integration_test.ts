import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { PaymentSnapshot } from "@payflow/shared";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf, type OrderAnswer } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;
let payments: postgres.Sql;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 1 });
  payments = postgres(stack.databases.payment, { max: 1 });
}, 600_000);
afterAll(async () => {
  await Promise.all([orders.end(), payments.end()]);
  await stack.close();
});

async function paymentOf(orderId: string): Promise<PaymentSnapshot> {
  const [row] = await orders`select payment from orders where id = ${orderId}`;
  return row?.["payment"] as PaymentSnapshot;
}

/** On a slow machine the approval may come before the cancel; then repeats with a longer delay at Toss. */
async function cancelledMeanwhile(
  delayMs: number,
): Promise<{ order: OrderAnswer; response: Response }> {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order, { confirm: { fault: "delay", delayMs } });
  const confirming = shopper.confirm(authenticated);
  await eventually(async () => {
    const [row] = await payments`select status from payments where id = ${order.orderId}`;
    expect(row?.["status"]).toMatch(/^(IN_PROGRESS|DONE)$/);
  });
  const { status } = await shopper.cancel(order.orderId);
  const response = await confirming;
  if (status === 409) return await cancelledMeanwhile(2 * delayMs);
  expect(status).toBe(200);
  return { order, response };
}

test("an approval after the order was cancelled is voided", async () => {
  const { order, response } = await cancelledMeanwhile(600);
  // 202: on a slow machine the response came before the outcome; the order has the outcome
  if (response.status !== 202) {
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: "order_not_payable" });
  }
  await eventually(async () => {
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { approvals: 1, balanceAmount: 0 },
    ]);
    expect(await paymentOf(order.orderId)).toMatchObject({
      status: "CANCELED",
      refunding: false,
      refundedAmount: 0,
    });
  });
  expect((await shopper.get(order.orderId)).status).toBe("CANCELED");
});

test("a deposit for a cancelled order waits for an account, and is then returned to it", async () => {
  const order = await shopper.place();
  const { paymentKey, ...rest } = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
  // the virtual account is issued, but the response gets lost and the order is cancelled before a query
  await shopper.sandbox("/_sandbox/faults", [
    { operation: "confirm", fault: "lose_response", times: 1, orderId: order.orderId },
    { operation: "find", fault: "not_found", orderId: order.orderId },
  ]);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  expect((await shopper.confirm({ paymentKey, ...rest })).status).toBe(202);
  await shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, {});
  expect((await shopper.cancel(order.orderId)).status).toBe(200);
  await fetch(`${stack.sandboxUrl}/_sandbox/faults`, { method: "DELETE" });
  // the second query follows ten seconds after the first
  await eventually(
    async () => {
      expect(await paymentOf(order.orderId)).toMatchObject({
        refunding: true,
        refundAccountNeeded: true,
      });
    },
    { timeoutMs: 20_000 },
  );
  // the merchant may provide the account instead of the shopper: a valid one, for the whole amount
  const account = { accountNumber: "1002123456789", holderName: "김토스" };
  const refund = async (refundAccount: { bank: string }, amount?: number) => {
    const answer = await shopper.refund(order.orderId, {
      reason: "마감된 주문",
      ...(amount === undefined ? {} : { amount }),
      refundAccount: { ...account, ...refundAccount },
    });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  expect(await refund({ bank: "20" }, 1)).toEqual([422, "amount_mismatch"]);
  expect(await refund({ bank: "ZZ" })).toEqual([422, "refund_account_required"]);
  expect(await refund({ bank: "20" })).toEqual([200, undefined]);
  // a retry succeeds too
  expect(await refund({ bank: "20" })).toEqual([200, undefined]);
  await eventually(async () => {
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { balanceAmount: 0, refunds: [{ account: { bank: "20", ...account } }] },
    ]);
    expect(await paymentOf(order.orderId)).toMatchObject({
      refunding: false,
      refundAccountNeeded: false,
    });
  });
  await shopper.sandbox("/_sandbox/webhooks", {});
  // the history has the actor and the masked account number
  const { url, merchantKey } = stack;
  const headers = { Authorization: `Bearer ${merchantKey}` };
  const history = await fetch(`${url}/api/orders/${order.orderId}/history`, { headers });
  const { history: entries } = (await history.json()) as {
    history: { cause: string; actor: string; detail: unknown }[];
  };
  expect(entries.filter(({ cause }) => cause === "provideRefundAccount").at(-1)).toMatchObject({
    actor: "key:merchant",
    detail: { account: { bank: "20", accountNumber: "***6789" } },
  });
  expect(JSON.stringify(entries)).not.toContain(account.accountNumber);
}, 600_000);
