// The console over HTTP: what it shows while payment is away, and what its actions leave behind.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { firstSweep, testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let alone: TestStack;
beforeAll(async () => {
  const nobody = { PAYMENT_URL: "http://127.0.0.1:9" };
  [stack, alone] = await Promise.all([testStack(), testStack({ order: nobody })]);
  await firstSweep(stack);
}, 600_000);
afterAll(() => Promise.all([stack.close(), alone.close()]));

/** Signs in, and returns calls with the session's cookie. */
async function consoleOf({ url, merchantKey }: TestStack) {
  const signedIn = await fetch(`${url}/admin/sign-in`, {
    method: "POST",
    headers: { Origin: url },
    body: new URLSearchParams({ key: merchantKey }),
    redirect: "manual",
  });
  expect(signedIn.status).toBe(303);
  const Cookie = signedIn.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
  const get = async (path: string) => {
    const response = await fetch(`${url}/admin${path}`, { headers: { Cookie } });
    return { status: response.status, text: await response.text() };
  };
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${url}/admin${path}`, {
      method: "POST",
      headers: { Cookie, Origin: url },
      body: new URLSearchParams(form),
      redirect: "manual",
    });
  return { get, post };
}

test("while payment is away orders are found and shown, and what can't be known is not claimed", async () => {
  const { get } = await consoleOf(alone);
  const { orderId } = await shopperOf(alone).place();
  expect((await get("/orders?q=김토스")).text).toContain(orderId);
  // may be a part of a paymentKey as well as the beginning of an address
  expect((await get(`/orders?q=${orderId.slice(0, 13)}`)).text).toContain(orderId);
  expect((await get("/orders?q=tgen_2026")).status).toBe(503);
  expect((await get("/orders.csv?q=tgen_2026")).text).not.toContain(orderId);
  const page = await get(`/orders/${orderId}`);
  expect([page.status, page.text.includes("1,000원")]).toEqual([200, true]);
  expect((await get("")).status).toBe(200);
});

test("a filter that makes no sense says which field, and a place that is none is refused", async () => {
  const { get } = await consoleOf(stack);
  expect((await get("/orders?from=yesterday")).status).toBe(422);
  expect((await get("/orders?status=PAID")).status).not.toBe(500);
  expect((await get("/orders?after=x")).status).toBe(422);
  expect((await get(`/orders/${crypto.randomUUID()}`)).status).toBe(404);
  expect((await get("/orders/x")).status).toBe(404);
});

test("what an operator does is recorded in the operator's name: cancel, query, erase, export", async () => {
  const { get, post } = await consoleOf(stack);
  const shopper = shopperOf(stack);
  const orders = postgres(stack.databases.order, { max: 1 });
  const { orderId } = await shopper.place();
  const path = `/orders/${orderId}`;
  expect((await post(`${path}/cancel`, { reason: "재고 없음" })).status).toBe(303);
  expect((await shopper.get(orderId)).status).toBe("CANCELED");
  expect((await post(`${path}/erase`, { reason: "고객 요청" })).status).toBe(303);
  const [erased] =
    await orders`select customer_email, customer_name from orders where id = ${orderId}`;
  expect(erased).toEqual({ customer_email: "", customer_name: "" });
  const recorded = await orders`
    select cause, actor, reason from history where aggregate_id = ${orderId} and version > 1 order by version`;
  expect(recorded.map((row) => ({ ...row }))).toEqual([
    { cause: "cancelOrder", actor: "key:merchant", reason: "재고 없음" },
    { cause: "erasePersonalData", actor: "key:merchant", reason: "고객 요청" },
  ]);
  const paid = await shopper.pay();
  // the law wants it kept
  expect((await post(`/orders/${paid.orderId}/erase`, { reason: "고객 요청" })).status).not.toBe(
    303,
  );
  expect((await shopper.get(paid.orderId)).customerEmail).toBe("kim@example.com");
  const queried = await post(`/orders/${paid.orderId}/query`, {});
  expect(queried.headers.get("Location")).toContain("done=queried");
  await get("/orders.csv?q=kim@example.com&status=CONFIRMED");
  const audited = await orders`select actor, detail from audit where action = 'orders.exported'`;
  expect(audited[0]).toEqual({
    actor: "key:merchant",
    detail: { status: "CONFIRMED", isSearch: true, language: "ko" },
  });
  await orders.end();
});

test("a refund is one however often it is sent, and another one than the API's with the same key", async () => {
  const { post } = await consoleOf(stack);
  const shopper = shopperOf(stack);
  const { orderId } = await shopper.pay();
  const key = crypto.randomUUID();
  const form = { key, extent: "part", amount: "300", sum: "300", reason: "고객 요청" };
  for (let times = 0; times < 3; times++)
    expect((await post(`/orders/${orderId}/refund/confirm`, form)).status).toBe(303);
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 700 }]);
  expect((await shopper.refund(orderId, { reason: "고객 요청", amount: 300 }, key)).status).toBe(
    200,
  );
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 400 }]);
});
