import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "../shopper.ts";
import { testStack, type TestStack } from "../stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let payments: postgres.Sql;

beforeAll(async () => {
  stack = await testStack({ order: { DEPOSIT_POLL_MS: "300" } });
  shopper = shopperOf(stack);
  payments = postgres(stack.databases.payment, { max: 1 });
}, 600_000);
afterAll(async () => {
  await payments.end();
  await stack.close();
}, 600_000);

async function waitingOrder() {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
  // On a slow machine the first response is 202; the call is retried, as the page does.
  await eventually(async () => {
    const response = await shopper.confirm(authenticated);
    expect(await response.json()).toMatchObject({ status: "WAITING_FOR_DEPOSIT" });
  });
  expect((await shopper.get(order.orderId)).status).toBe("AWAITING_DEPOSIT");
  return { ...order, paymentKey: authenticated.paymentKey };
}

const deposit = (paymentKey: string, body = {}) =>
  shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, body);

test("a deposit confirms its order", async () => {
  const { orderId, paymentKey } = await waitingOrder();
  await deposit(paymentKey);
  await shopper.becomes(orderId, "CONFIRMED");
});

test("a webhook counts as handled when Toss has been queried", async () => {
  const { orderId, paymentKey } = await waitingOrder();
  // delays other queries, so that only the webhook's own query can show the deposit in time
  const slow = { operation: "find", fault: "delay", delayMs: 1_500, orderId };
  await shopper.sandbox("/_sandbox/faults", slow);
  await deposit(paymentKey);
  const handled = await eventually(async () => {
    const rows = await payments`
      select p.status from webhooks w join payments p on p.id::text = w.order_id
      where w.order_id = ${orderId} and w.body like '%"DONE"%' and w.handled_at is not null`;
    expect(rows.length).toBeGreaterThan(0);
    return rows;
  });
  expect(handled[0]).toEqual({ status: "DONE" });
});

test("a reversed deposit makes the order wait for a deposit again", async () => {
  const { orderId, paymentKey } = await waitingOrder();
  await deposit(paymentKey);
  await shopper.becomes(orderId, "CONFIRMED");
  await deposit(paymentKey, { revert: true });
  await shopper.becomes(orderId, "AWAITING_DEPOSIT");
});

test("cancelling an order that waits for a deposit closes its virtual account at Toss", async () => {
  const { orderId } = await waitingOrder();
  const cancelled = await shopper.cancel(orderId);
  expect(cancelled.status).toBe(200);
  expect(await cancelled.json()).toMatchObject({ status: "CANCELED" });
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ status: "CANCELED" }]);
});

test("a deposit that arrives before the cancel confirms the order, and the cancel is rejected", async () => {
  const { orderId, paymentKey } = await waitingOrder();
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  try {
    await deposit(paymentKey);
    const refused = await shopper.cancel(orderId);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "order_not_cancelable" });
    expect((await shopper.get(orderId)).status).toBe("CONFIRMED");
  } finally {
    await shopper.sandbox("/_sandbox/webhooks", {});
  }
});

test("a deposit whose webhook was lost is found by a scheduled query", async () => {
  const { orderId, paymentKey } = await waitingOrder();
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  try {
    await deposit(paymentKey);
    // simulates an hour: the next query is due
    await payments`
      update payments set next_at = now() - interval '1 second', attempts = jsonb_set(attempts, '{0,nextAt}', to_jsonb(changed_at))
      where id = ${orderId}`;
    await shopper.becomes(orderId, "CONFIRMED");
  } finally {
    await shopper.sandbox("/_sandbox/webhooks", {});
  }
});

test("an unpaid order expires, and a later confirm is rejected without a call to Toss", async () => {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order);
  const { orderId } = order;
  await eventually(async () => {
    // simulates 45 minutes
    const { count } =
      await payments`update payments set next_at = now() - interval '1 second', expires_at = changed_at where id = ${orderId}`;
    return count === 1;
  });
  await shopper.becomes(orderId, "EXPIRED");
  const late = await shopper.confirm(authenticated);
  expect(late.status).toBe(409);
  expect(await late.json()).toMatchObject({ code: "order_not_payable" });
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ approvals: 0 }]);
});

test("a deposit without a webhook is found while its order page is open", async () => {
  const { orderId, paymentKey, checkoutUrl } = await waitingOrder();
  const opened = await fetch(checkoutUrl ?? "", { redirect: "manual" });
  const cookie = opened.headers.getSetCookie().map((each) => each.split(";")[0]);
  const closing = new AbortController();
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  try {
    const page = await fetch(`${stack.url}/orders/${orderId}/events`, {
      headers: { Cookie: cookie.join("; ") },
      signal: closing.signal,
    });
    expect(page.status).toBe(200);
    // the body must be read: Bun closes a response that is garbage-collected
    const shown = page.text().catch(() => undefined);
    await deposit(paymentKey);
    await shopper.becomes(orderId, "CONFIRMED");
    closing.abort();
    await shown;
  } finally {
    closing.abort();
    await shopper.sandbox("/_sandbox/webhooks", {});
  }
});
