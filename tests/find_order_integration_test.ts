import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { testEdge, type TestEdge } from "./edge.ts";
import { cookieOf } from "./shopper.ts";

setDefaultTimeout(600_000);

let edge: TestEdge;

beforeAll(async () => {
  edge = await testEdge({ order: { RATE_LIMIT_PER_MINUTE: "60", TRUSTED_PROXIES: "127.0.0.1" } });
}, 600_000);
afterAll(() => edge.close());

let calls = 0;
/** Uses a new client address unless one is given. */
function call(path: string, init: RequestInit = {}, address = `198.51.100.${++calls}`) {
  const headers = new Headers(init.headers);
  headers.set("X-Forwarded-For", address);
  headers.set("Origin", edge.url);
  return edge.order(new Request(edge.url + path, { ...init, headers }));
}

async function placed(customerEmail: string) {
  const response = await call("/api/orders", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      items: [{ productId: "dev-tool", quantity: 1 }],
      customerName: "김토스",
      customerEmail,
    }),
  });
  return (await response.json()) as { orderId: string; orderNumber: string };
}

const find = (orderNumber: string, email: string, address?: string) =>
  call(
    "/orders/find",
    { method: "POST", body: new URLSearchParams({ orderNumber, email }) },
    address,
  );

test("an order is found by its number or id and its e-mail, and opens as by its link", async () => {
  const { orderId, orderNumber } = await placed("Kim@Example.com");
  const typed = orderNumber.toLowerCase().replace("-", "");
  for (const number of [orderNumber, typed, orderId.toUpperCase()]) {
    const { status, headers } = await find(number, "kim@example.COM");
    expect([status, headers.get("location")]).toEqual([303, `/orders/${orderId}`]);
  }
  const found = await find(orderNumber, "Kim@Example.com");
  const headers = { Cookie: cookieOf(found) };
  const page = await (await call(`/orders/${orderId}`, { headers })).text();
  expect(page).toContain("Kim@Example.com");
  const cancel = { method: "POST", headers };
  expect((await call(`/api/orders/${orderId}/cancel`, cancel)).status).toBe(401);
});

test("a wrong e-mail, an unknown order and an erased order get the same response, without a cookie", async () => {
  const { orderNumber: known } = await placed("park@example.com");
  const { orderId: erased, orderNumber } = await placed("erased@example.com");
  const erasing = await call("/api/customers/erase", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${edge.merchantKey}` },
    body: JSON.stringify({ email: "erased@example.com" }),
  });
  expect(await erasing.json()).toMatchObject({ erased: [erased] });
  const attempts = [
    [known, "lee@example.com"],
    [crypto.randomUUID(), "park@example.com"],
    ["1127-K7P3", "park@example.com"],
    ["1127-2222222222222", "park@example.com"],
    [erased, "erased@example.com"],
    [orderNumber, "erased@example.com"],
  ] as const;
  for (const [number, email] of attempts) {
    const missed = await find(number, email);
    expect(missed.status).toBe(404);
    expect(cookieOf(missed)).not.toContain("payflow_orders");
    expect(await missed.text()).toContain("주문을 찾지 못했습니다.");
  }
});

test("searches are rate-limited by client address and by order", async () => {
  const { orderId, orderNumber } = await placed("choi@example.com");
  const statusesOf = async (searches: Promise<Response>[]) =>
    (await Promise.all(searches)).map(({ status }) => status);
  const guesses = Array.from({ length: 11 }, (_, n) => find(orderNumber, `guess${n}@example.com`));
  expect((await statusesOf(guesses)).filter((status) => status === 429)).toHaveLength(1);
  expect((await find(orderNumber, "choi@example.com")).status).toBe(429);
  expect((await find(orderId, "lee@example.com")).status).toBe(404);
  const scans = Array.from({ length: 11 }, () =>
    find(crypto.randomUUID(), "choi@example.com", "203.0.113.9"),
  );
  expect((await statusesOf(scans)).filter((status) => status === 429)).toHaveLength(1);
});
