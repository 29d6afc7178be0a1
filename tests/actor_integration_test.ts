import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { eventually } from "@payflow/local-stack/testing";
import { apiOf, cart, cookieOf, newKey, placed } from "./api_client.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let api: ReturnType<typeof apiOf>;
let orders: postgres.Sql;
let payments: postgres.Sql;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  api = apiOf(stack);
  orders = postgres(stack.databases.order, { max: 1 });
  payments = postgres(stack.databases.payment, { max: 1 });
}, 600_000);
afterAll(async () => {
  await Promise.all([orders.end(), payments.end()]);
  await stack.close();
});

type Row = { cause: string; actor: string; reason: string | null };

/** Waits for the order's status, and returns both services' histories. */
async function historyOf(orderId: string, status: Parameters<typeof shopper.becomes>[1]) {
  await shopper.becomes(orderId, status);
  const rows = (sql: postgres.Sql) =>
    sql<Row[]>`
      select cause, actor, reason from history where aggregate_id = ${orderId} order by version`;
  const [ofOrder, ofPayment] = await Promise.all([rows(orders), rows(payments)]);
  return { ofOrder: [...ofOrder], ofPayment: [...ofPayment] };
}

const by = (cause: string, actor: string, reason: string | null = null) => ({
  cause,
  actor,
  reason,
});

/** Without openPayment, whose actor depends on whether the event or the confirm comes first. */
const later = (rows: readonly Row[]) => rows.filter(({ cause }) => cause !== "openPayment");

test("a shopper's confirm is recorded for the shopper, and its outcome for the provider", async () => {
  const { orderId } = await shopper.pay();
  const { ofOrder, ofPayment } = await historyOf(orderId, "CONFIRMED");
  expect(later(ofPayment)).toEqual([
    by("confirmPayment", "shopper"),
    by("recordConfirmAnswer", "toss"),
  ]);
  expect(ofOrder[0]).toEqual(by("placeOrder", "shopper"));
  const [, follows] = ofOrder;
  expect([by("confirmOrder", "shopper"), by("PaymentConfirmed", "system")]).toContainEqual(
    follows as Row,
  );
});

test("a refund is recorded for its key with the reason, and its outcome for the provider without", async () => {
  const { orderId } = await shopper.pay();
  const reason = "색상이 달라요";
  const made = await api.call("/api/keys", {
    body: { name: "김담당", role: "operate" },
    headers: api.merchant,
  });
  const { key } = (await made.json()) as { key: string };
  const refunded = await api.call(`/api/payments/${orderId}/cancel`, {
    body: { reason },
    headers: { Authorization: `Bearer ${key}`, ...newKey() },
  });
  expect(refunded.status).toBe(200);
  const { ofOrder, ofPayment } = await historyOf(orderId, "REFUNDED");
  expect(ofPayment.slice(-2)).toEqual([
    by("refundPayment", "key:김담당", reason),
    by("recordRefundAnswer", "toss"),
  ]);
  expect([by("refundOrder", "key:김담당", reason), by("PaymentCanceled", "system")]).toContainEqual(
    ofOrder.at(-1) as Row,
  );
});

test("a deposit that a webhook reports is recorded for the provider", async () => {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  await shopper.sandbox(`/_sandbox/payments/${authenticated.paymentKey}/deposit`, {});
  const { ofPayment } = await historyOf(order.orderId, "CONFIRMED");
  expect(ofPayment.at(-1)).toEqual(by("queryStatus", "toss"));
});

test("an expiry is recorded for the system", async () => {
  const order = await shopper.place();
  await eventually(async () => {
    const changed = await payments`
      update payments set expires_at = now() - interval '1 day', next_at = now() - interval '1 second'
      where id = ${order.orderId} returning 1`;
    expect(changed).toHaveLength(1);
  });
  const { ofOrder, ofPayment } = await historyOf(order.orderId, "EXPIRED");
  expect(ofPayment).toEqual([by("openPayment", "system"), by("expirePayment", "system")]);
  expect(ofOrder.at(-1)).toMatchObject({ actor: "system" });
});

test("the history in the API shows the actor of a cancel", async () => {
  const response = await api.call("/api/orders", { body: cart });
  const { orderId } = await placed(response);
  const path = `/api/orders/${orderId}`;
  const headers = { Cookie: cookieOf(response) };
  expect((await api.call(`${path}/cancel`, { method: "POST", headers })).status).toBe(200);
  const other = await shopper.place();
  expect((await shopper.cancel(other.orderId)).status).toBe(200);
  const actorsOf = async (id: string) => {
    const shown = await api.call(`/api/orders/${id}/history`, { headers: api.merchant });
    const { history } = (await shown.json()) as { history: Row[] };
    return history.filter(({ cause }) => cause === "closePayment").map(({ actor }) => actor);
  };
  expect(await actorsOf(orderId)).toEqual(["shopper"]);
  expect(await actorsOf(other.orderId)).toEqual(["key:merchant"]);
});

test("an erasure leaves an append-only audit row with a masked address", async () => {
  const body = { email: "park@example.com" };
  expect((await api.call("/api/customers/erase", { body, headers: api.merchant })).status).toBe(
    200,
  );
  const rows = await orders`
    select actor, action, subject from audit where action = 'customer.erased'`;
  expect([...rows]).toEqual([
    { actor: "key:merchant", action: "customer.erased", subject: "p***@***" },
  ]);
  for (const change of ["update audit set actor = 'x'", "delete from audit", "truncate audit"])
    await expect(orders.unsafe(change).execute()).rejects.toThrow("audit is only added to");
});
