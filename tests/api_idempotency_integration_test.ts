import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { apiOf, cart, cookieOf, newKey, placed } from "./api_client.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let api: ReturnType<typeof apiOf>;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;

beforeAll(async () => {
  stack = await testStack();
  api = apiOf(stack);
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 2, onnotice() {} });
}, 600_000);
afterAll(async () => {
  await orders.end({ timeout: 5 });
  await stack.close();
});

async function countOrders(): Promise<number> {
  const [row] = await orders<{ n: number }[]>`select count(*)::int n from orders`;
  return row?.n ?? 0;
}

describe("Idempotency-Key", () => {
  test("the same key with the same order returns the first response", async () => {
    const headers = { ...api.merchant, ...newKey() };
    const first = await api.call("/api/orders", { body: cart, headers });
    expect(first.headers.get("Idempotent-Replayed")).toBeNull();
    const order = await placed(first);
    expect(first.headers.get("Location")).toBe(`/api/orders/${order.orderId}`);
    await shopper.cancel(order.orderId);
    const spelled = JSON.stringify(Object.fromEntries(Object.entries(cart).reverse()), null, 2);
    const again = await api.call("/api/orders", { body: spelled, headers });
    expect(again.headers.get("Idempotent-Replayed")).toBe("true");
    expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
    expect(await placed(again)).toEqual(order);
  });

  test("a used key with another order is rejected before the order is validated", async () => {
    const headers = { ...api.merchant, ...newKey() };
    await placed(await api.call("/api/orders", { body: cart, headers }));
    const items = [{ productId: "no-longer-sold", quantity: 1 }];
    await api.refusal(
      await api.call("/api/orders", { body: { ...cart, items }, headers }),
      422,
      "idempotency_key_reused",
    );
  });

  test("the same key with another order is rejected, and nothing is written", async () => {
    const headers = { ...api.merchant, ...newKey() };
    await placed(await api.call("/api/orders", { body: cart, headers }));
    const before = await countOrders();
    const body = { ...cart, customerName: "이토스" };
    await api.refusal(
      await api.call("/api/orders", { body, headers }),
      422,
      "idempotency_key_reused",
    );
    expect(await countOrders()).toBe(before);
  });

  test("concurrent requests with one key get the same order", async () => {
    const headers = newKey();
    const before = await countOrders();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => api.call("/api/orders", { body: cart, headers })),
    );
    const ids = new Set<string>();
    for (const answer of answers) ids.add((await placed(answer)).orderId);
    expect(ids.size).toBe(1);
    expect(await countOrders()).toBe(before + 1);
    const replayed = answers.filter((answer) => answer.headers.has("Idempotent-Replayed"));
    expect(replayed).toHaveLength(11);
  });

  test("keys of the merchant, of sessions and of other callers are separate", async () => {
    const shared = newKey();
    const session = { Cookie: cookieOf(await api.call("/api/orders", { body: cart })) };
    const other = { Cookie: cookieOf(await api.call("/api/orders", { body: cart })) };
    const ids = new Set<string>();
    for (const who of [api.merchant, session, other, {}]) {
      const response = await api.call("/api/orders", {
        body: cart,
        headers: { ...shared, ...who },
      });
      expect(response.headers.has("Idempotent-Replayed")).toBe(false);
      ids.add((await placed(response)).orderId);
    }
    expect(ids.size).toBe(4);
  });

  test("a browser that got its session with the first response gets the same order when it repeats", async () => {
    const headers = newKey();
    const first = await api.call("/api/orders", { body: cart, headers });
    const order = await placed(first);
    const again = await api.call("/api/orders", {
      body: cart,
      headers: { ...headers, Cookie: cookieOf(first) },
    });
    expect(await placed(again)).toEqual(order);
  });

  test("a replay without the session gives no access", async () => {
    const headers = newKey();
    const order = await placed(await api.call("/api/orders", { body: cart, headers }));
    const again = await api.call("/api/orders", { body: cart, headers });
    expect(again.headers.getSetCookie()).toEqual([]);
    const { checkoutUrl, ...rest } = order;
    expect(checkoutUrl).toBeString();
    expect(await placed(again)).toEqual(rest);
  });

  test("an invalid key is rejected", async () => {
    for (const bad of ["", "two words", "k".repeat(256), "키"]) {
      const headers = { "Idempotency-Key": encodeURI(bad) === bad ? bad : "\u00e9" };
      await api.refusal(
        await api.call("/api/orders", { body: cart, headers }),
        422,
        "invalid_request",
      );
    }
  });
});
