import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let payments: postgres.Sql;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  payments = postgres(stack.databases.payment, { max: 1 });
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}, 600_000);
afterAll(async () => {
  await payments.end();
  await stack.close();
});

const hookOf = (data: unknown, eventType = "PAYMENT_STATUS_CHANGED") => ({
  createdAt: "2026-01-05T14:22:42.104512",
  eventType,
  data,
});

async function post(body: unknown, transmission?: string): Promise<Response> {
  return await fetch(`${stack.url}/webhooks/toss`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(transmission ? { "tosspayments-webhook-transmission-id": transmission } : {}),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const stored = async (orderId: string) =>
  Number(
    (
      await payments`
        select count(*) as n from webhooks where order_id = ${orderId} and not is_unknown`
    )[0]?.["n"],
  );
const handled = async (orderId: string) =>
  await eventually(async () => {
    const [row] = await payments`
      select count(*) as n from webhooks where order_id = ${orderId} and handled_at is null`;
    expect(Number(row?.["n"])).toBe(0);
  });

test("a forged webhook changes nothing, because only Toss's response to the status query counts", async () => {
  const order = await shopper.place();
  const { paymentKey } = await shopper.authenticate(order);
  const lie = {
    paymentKey,
    orderId: order.orderId,
    status: "DONE",
    totalAmount: 1000,
    balanceAmount: 1000,
  };
  await shopper.becomes(order.orderId, "PENDING");
  await eventually(async () => {
    const [row] = await payments`select id from payments where id = ${order.orderId}`;
    expect(row).toBeDefined();
  });
  expect((await post(hookOf(lie))).status).toBe(200);
  await handled(order.orderId);
  expect((await shopper.get(order.orderId)).status).toBe("PENDING");
  const paid = await shopper.pay();
  const [held] = await shopper.heldByToss(paid.orderId);
  const canceled = { ...lie, ...held, status: "CANCELED", balanceAmount: 0 };
  expect((await post(hookOf(canceled))).status).toBe(200);
  await handled(paid.orderId);
  expect((await shopper.get(paid.orderId)).status).toBe("CONFIRMED");
});

test("a repeated delivery is stored once, and webhooks for one payment are rate-limited", async () => {
  const { orderId } = await shopper.pay();
  for (let copy = 0; copy < 5; copy++) await post(hookOf({ orderId }), "whtrans_same");
  expect(await stored(orderId)).toBe(1);
  const flood = await Promise.all(
    Array.from({ length: 100 }, (_, index) => post(hookOf({ orderId, index }))),
  );
  const count = await stored(orderId);
  expect(count).toBeLessThanOrEqual(70);
  // a webhook that is not stored must get 429, so that Toss resends it
  const statuses = flood.map((response) => response.status).toSorted();
  expect(statuses).toEqual([
    ...Array<number>(count - 1).fill(200),
    ...Array<number>(101 - count).fill(429),
  ]);
  await handled(orderId);
  expect((await shopper.get(orderId)).status).toBe("CONFIRMED");
});

test("webhooks without a change make no version and no history, and declined attempts are not queried", async () => {
  const order = await shopper.place();
  const { orderId } = order;
  const keys: string[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const declined = await shopper.authenticate(order, {
      confirm: { fault: "decline", code: "REJECT_CARD_PAYMENT" },
    });
    expect((await shopper.confirm(declined)).status).toBe(402);
    keys.push(declined.paymentKey);
  }
  const { paymentKey } = await shopper.authenticate(order);
  await shopper.confirm({ paymentKey, orderId, amount: order.amount });
  // simulates that all scheduled queries are done
  await payments`
    update payments set attempts = (select jsonb_agg(a || '{"nextAt": null}') from jsonb_array_elements(attempts) a)
    where id = ${orderId}`;
  const rowOf = async () => {
    const [row] = await payments`
      select version, schedule_version, rescheduled_at, (select count(*) from history where aggregate_id = id) as history
      from payments where id = ${orderId}`;
    return row;
  };
  const before = await rowOf();
  await post(hookOf({ orderId, n: "all of them" }));
  await handled(orderId);
  for (const declined of keys) {
    await post(hookOf({ orderId, paymentKey: declined }));
    await handled(orderId);
  }
  expect(await rowOf()).toMatchObject({
    version: before?.["version"],
    history: before?.["history"],
    schedule_version: Number(before?.["schedule_version"]) + 1,
    rescheduled_at: expect.any(Date),
  });
});

test("a deposit webhook is stored only with its payment's secret", async () => {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  const { orderId } = order;
  const depositHook = (secret?: unknown) => ({
    createdAt: "2026-01-05T14:22:42.104512",
    orderId,
    secret,
    status: "DONE",
    transactionKey: "txrd_1",
  });
  for (const secret of [undefined, null, "", "ps_forged"])
    expect((await post(depositHook(secret))).status).toBe(200);
  expect(await stored(orderId)).toBe(0);

  await shopper.sandbox(`/_sandbox/payments/${authenticated.paymentKey}/deposit`, {});
  const atToss = await fetch(`${stack.sandboxUrl}/v1/payments/${authenticated.paymentKey}`, {
    headers: { Authorization: `Basic ${btoa("test_sk_sandbox:")}` },
  });
  const { secret } = (await atToss.json()) as { secret: string };
  expect((await post(depositHook(secret))).status).toBe(200);
  expect(await stored(orderId)).toBe(1);
  await shopper.becomes(orderId, "CONFIRMED");
});

test("webhooks for unknown payments are accepted, but are bounded and cause no query", async () => {
  for (let batch = 0; batch < 6; batch++) {
    const posts = Array.from({ length: 50 }, (_, n) =>
      post(
        hookOf({
          paymentKey: `unknown-${batch}-${n}`,
          pad: "x".repeat(20_000),
        }),
      ),
    );
    for (const response of await Promise.all(posts)) expect(response.status).toBe(200);
  }
  const [row] = await payments`
    select count(*) as kept, max(length(body)) as longest, count(*) filter (where handled_at is null) as waiting
    from webhooks where is_unknown`;
  expect(Number(row?.["kept"])).toBeLessThanOrEqual(250);
  expect(Number(row?.["longest"])).toBeLessThanOrEqual(2_000);
  expect(Number(row?.["waiting"])).toBe(0);
});

test("webhooks of an unknown type are stored, and malformed ones rejected", async () => {
  const { orderId } = await shopper.pay();
  expect((await post(hookOf({ orderId }, "SOMETHING_NEW"))).status).toBe(200);
  expect(await stored(orderId)).toBe(1);
  for (const garbage of ["", "{", "[]", '"text"', "null", JSON.stringify({ data: 7 })]) {
    expect((await post(garbage)).status).toBe(400);
  }
  expect((await post("x".repeat(70_000))).status).toBe(413);
});

test("duplicated and reordered webhooks end in the right state", async () => {
  await shopper.sandbox("/_sandbox/webhooks", { duplicate: 2, reorder: true });
  const { orderId } = await shopper.pay([{ productId: "keycaps", quantity: 1 }]);
  const refund = await shopper.refund(orderId, { reason: "변심", amount: 1000 });
  expect(refund.status).toBe(200);
  await eventually(async () => expect(await stored(orderId)).toBeGreaterThanOrEqual(1));
  await handled(orderId);
  expect(await shopper.get(orderId)).toMatchObject({
    status: "PARTIALLY_REFUNDED",
    refundedAmount: 1000,
  });
});

test("a refund in Toss's console is found by its webhook although the first response is stale", async () => {
  await shopper.sandbox("/_sandbox/webhooks", {});
  const { orderId } = await shopper.pay([{ productId: "keycaps", quantity: 1 }]);
  await handled(orderId);
  const stale = { operation: "find", fault: "stale", times: 1, orderId };
  await shopper.sandbox("/_sandbox/faults", [stale]);
  const [payment] =
    await payments`select payment_keys[1] as key from payments where id = ${orderId}`;
  const byHand = { cancelReason: "전화로 요청", cancelAmount: 1000 };
  await shopper.sandbox(`/_sandbox/payments/${payment?.["key"]}/cancel`, byHand);
  // one claim of the webhook is enough
  await eventually(
    async () => expect(await shopper.get(orderId)).toMatchObject({ refundedAmount: 1000 }),
    { timeoutMs: 60_000 },
  );
});
