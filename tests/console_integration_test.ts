// The console over HTTP: its pages while payment is down, and the records of its actions.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let alone: TestStack;
beforeAll(async () => {
  const nobody = { PAYMENT_URL: "http://127.0.0.1:9" };
  const order = { WEBHOOK_ALLOW_PRIVATE: "true" };
  [stack, alone] = await Promise.all([testStack({ order }), testStack({ order: nobody })]);
}, 600_000);
afterAll(() => Promise.all([stack.close(), alone.close()]));

/** Signs in, and returns calls with the session's cookie. */
async function consoleOf({ url, merchantKey }: TestStack, key = merchantKey) {
  const signedIn = await fetch(`${url}/admin/sign-in`, {
    method: "POST",
    headers: { Origin: url },
    body: new URLSearchParams({ key }),
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

test("while payment is down, orders are found and shown, and searches that need payment return 503", async () => {
  const { get } = await consoleOf(alone);
  const { orderId } = await shopperOf(alone).place();
  expect((await get("/orders?q=김토스")).text).toContain(orderId);
  // may be a part of a paymentKey or the beginning of an order id
  expect((await get(`/orders?q=${orderId.slice(0, 13)}`)).text).toContain(orderId);
  expect((await get("/orders?q=tgen_2026")).status).toBe(503);
  expect((await get("/orders.csv?q=tgen_2026")).text).not.toContain(orderId);
  const page = await get(`/orders/${orderId}`);
  expect([page.status, page.text.includes("1,000원")]).toEqual([200, true]);
  expect((await get("")).status).toBe(200);
});

test("an invalid filter or cursor is 422, and an unknown order 404", async () => {
  const { get } = await consoleOf(stack);
  expect((await get("/orders?from=yesterday")).status).toBe(422);
  expect((await get("/orders?status=PAID")).status).not.toBe(500);
  expect((await get("/orders?after=x")).status).toBe(422);
  expect((await get(`/orders/${crypto.randomUUID()}`)).status).toBe(404);
  expect((await get("/orders/x")).status).toBe(404);
});

test("an operator's cancel, erasure and export are recorded with the operator as actor", async () => {
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
    { cause: "finishErasure", actor: "key:merchant", reason: "고객 요청" },
  ]);
  const paid = await shopper.pay();
  // paid orders must be kept by law
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

test("a refund is made once when its form is sent repeatedly, and is separate from the API's with the same key", async () => {
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

test("a webhook endpoint is added, delivered to, turned off by 410, turned on, resent to and removed", async () => {
  const { get, post } = await consoleOf(stack);
  const received: string[] = [];
  let status = 200;
  const shop = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      received.push(await request.text());
      return new Response("noted", { status });
    },
  });
  const url = `http://127.0.0.1:${shop.port}/hooks`;
  const path = "/events/endpoints";
  const [, formId = ""] = /name="endpointId" value="([^"]+)"/.exec((await get(path)).text) ?? [];
  const form = { endpointId: formId, url, description: "배송", OrderCreated: "on" };
  expect((await post(path, { ...form, url: `${url}#part` })).status).toBe(409);
  const made = await (await post(path, form)).text();
  expect((await post(path, form)).headers.get("location")).toBe(`/admin${path}/${formId}`);
  const [secret = ""] = /whsec_[\w+/=]+/.exec(made) ?? [];
  expect(secret).not.toBe("");
  const list = (await get(path)).text;
  const [, endpointId] = /endpoints\/([0-9a-f-]{36})"/.exec(list) ?? [];
  expect(endpointId).toBe(formId);
  expect([list.includes(url), list.includes(secret)]).toEqual([true, false]);
  const shopper = shopperOf(stack);
  const { orderId } = await shopper.place();
  await eventually(() => expect(received.join()).toContain(orderId));
  await eventually(async () =>
    expect((await get(`${path}/${endpointId}?state=delivered`)).text).toContain(orderId),
  );
  const page = await get(`${path}/${endpointId}`);
  const [, eventId] = new RegExp(`${endpointId}/([0-9a-f-]{36})"`).exec(page.text) ?? [];
  expect((await get(`${path}/${endpointId}/${eventId}`)).text).toContain("noted");
  expect((await post(`${path}/${endpointId}/${eventId}/resend`, {})).status).toBe(303);
  await eventually(() => expect(received.length).toBe(2));
  status = 410;
  const refused = await shopper.place();
  await eventually(async () => expect((await get("")).text).toContain("웹훅이 꺼졌습니다"));
  status = 200;
  const missed = await shopper.place();
  expect((await post(`${path}/${endpointId}/on`, {})).status).toBe(303);
  const again = await post(`${path}/${endpointId}/resend`, { hours: "1", undelivered: "on" });
  // the events also include orders from before the endpoint was added
  expect(again.headers.get("Location")).toMatch(/resent=\d+$/);
  const taken = () => received.slice(3).join();
  for (const { orderId: one } of [refused, missed])
    await eventually(() => expect(taken()).toContain(one));
  const orders = postgres(stack.databases.order, { max: 1 });
  const { key } = (await (
    await fetch(`${stack.url}/api/keys`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${stack.merchantKey}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ name: "looker", role: "read" }),
    })
  ).json()) as { key: string };
  const looker = await consoleOf(stack, key);
  expect((await looker.get(`${path}/${endpointId}`)).status).toBe(200);
  for (const [action, form] of [
    ["", { url, description: "" }],
    [`/${endpointId}`, { url, description: "" }],
    [`/${endpointId}/off`, {}],
    [`/${endpointId}/rotate`, {}],
    [`/${endpointId}/remove`, {}],
    [`/${endpointId}/resend`, { hours: "1" }],
    [`/${endpointId}/${eventId}/resend`, {}],
  ] as const)
    expect((await looker.post(path + action, form)).status, action).toBe(403);
  expect((await get(`${path}/${crypto.randomUUID()}`)).status).toBe(404);
  expect((await get(`${path}/x/y`)).status).toBe(404);
  expect((await post(`${path}/${endpointId}/rotate`, {})).status).toBe(200);
  expect((await post(`${path}/${endpointId}/remove`, {})).status).toBe(303);
  const audited = await orders`
    select action, actor from audit where action like 'webhook%' order by id`;
  expect(audited.map((row) => row["action"] as string)).toEqual([
    "webhook_endpoint.created",
    "webhook.resent",
    "webhook_endpoint.changed",
    "webhooks.resent",
    "webhook_endpoint.rotated",
    "webhook_endpoint.removed",
  ]);
  expect(new Set(audited.map((row) => row["actor"] as string))).toEqual(new Set(["key:merchant"]));
  const all = await orders`select (select json_agg(a) from audit a)::text as text`;
  expect(all[0]?.["text"]).not.toContain(secret);
  await orders.end();
  await shop.stop(true);
});
