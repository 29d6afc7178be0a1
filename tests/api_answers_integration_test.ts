import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { apiOf, cart, cookieOf, newKey } from "./api_client.ts";
import { shopperOf, type OrderAnswer } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let api: ReturnType<typeof apiOf>;
let shopper: ReturnType<typeof shopperOf>;
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);

beforeAll(async () => {
  stack = await testStack();
  api = apiOf(stack);
  shopper = shopperOf(stack);
  const document = await api.call("/openapi.json");
  ajv.addSchema((await document.json()) as object, "openapi");
}, 600_000);
afterAll(() => stack.close());

/** Expects that the response matches /openapi.json exactly, and returns its body. */
async function described(
  route: `${"get" | "post"} /${string}`,
  response: Response,
): Promise<unknown> {
  const [method, path = ""] = route.split(" ");
  const type = response.headers.get("Content-Type") ?? "";
  const steps = ["paths", path, method, "responses", String(response.status)];
  const pointer = [...steps, "content", type, "schema"]
    .map((step = "") => step.replaceAll("~", "~0").replaceAll("/", "~1"))
    .map(encodeURIComponent)
    .join("/");
  const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
  const body: unknown = await response.json();
  const faults = validate(body) ? [] : validate.errors;
  expect(faults, `${route} ${response.status} ${JSON.stringify(body)}`).toEqual([]);
  return body;
}

test("described() rejects an undocumented field", async () => {
  const answer = Response.json({ status: "ok", more: true });
  await expect(described("get /healthz", answer)).rejects.toThrow();
});

test("responses about orders match OpenAPI, for every caller", async () => {
  const response = await api.call("/api/orders", { body: cart, headers: newKey() });
  const Cookie = cookieOf(response);
  const order = (await described("post /api/orders", response)) as OrderAnswer;
  const path = `/api/orders/${order.orderId}`;
  for (const headers of [{}, { Cookie }, api.merchant])
    await described("get /api/orders/{orderId}", await api.call(path, { headers }));
  const { merchant: headers } = api;
  await described("get /api/orders", await api.call("/api/orders", { headers }));
  const body = { ...cart, items: undefined, orderName: "맞춤", amount: 5000 };
  await described("post /api/orders", await api.call("/api/orders", { body, headers }));
  const canceled = await shopper.cancel(order.orderId);
  await described("post /api/orders/{orderId}/cancel", canceled);
  const history = await api.call(`${path}/history`, { headers });
  await described("get /api/orders/{orderId}/history", history);
});

test("responses about payments match OpenAPI: paid, refunded, waiting for a deposit", async () => {
  const order = await shopper.place();
  const confirmed = await shopper.confirm(await shopper.authenticate(order));
  await described("post /api/payments/confirm", confirmed);
  const path = `/api/payments/${order.orderId}`;
  const refunded = await shopper.refund(order.orderId, { reason: "변심", amount: 400 });
  expect(await described("post /api/payments/{orderId}/cancel", refunded)).toMatchObject({
    status: "PARTIAL_CANCELED",
    balanceAmount: 600,
  });
  for (const headers of [{}, api.merchant])
    await described("get /api/payments/{orderId}", await api.call(path, { headers }));
  const other = await shopper.place();
  const waiting = await shopper.confirm(
    await shopper.authenticate(other, { method: "VIRTUAL_ACCOUNT" }),
  );
  expect(await described("post /api/payments/confirm", waiting)).toMatchObject({
    status: "WAITING_FOR_DEPOSIT",
  });
  const account = await api.call(`/api/payments/${other.orderId}`, { headers: api.merchant });
  expect(await described("get /api/payments/{orderId}", account)).toMatchObject({
    virtualAccount: { accountNumber: expect.any(String) },
  });
});

test("error responses match OpenAPI", async () => {
  const { merchant } = api;
  const order = await shopper.place();
  const { orderId, amount } = order;
  const confirm = (body: unknown) => api.call("/api/payments/confirm", { body });
  const wrong = { paymentKey: "key", orderId, amount: amount + 1 };
  const unknown = { paymentKey: "key", orderId: "0123456789", amount };
  const refund = (headers: Record<string, string>, body: unknown = {}) =>
    api.call(`/api/payments/${orderId}/cancel`, { headers, body });
  for (const [status, code, response] of [
    [422, "amount_mismatch", await confirm(wrong)],
    [404, "order_not_found", await confirm(unknown)],
    [410, "payment_session_expired", await confirm({ ...wrong, amount })],
    [422, "invalid_request", await confirm({})],
    [400, "malformed_json", await confirm("{")],
    [401, "merchant_key_required", await refund({})],
    [400, "idempotency_key_required", await refund(merchant, { reason: "-" })],
    [409, "payment_not_refundable", await refund({ ...merchant, ...newKey() }, { reason: "-" })],
  ] as const) {
    const route = response.url.endsWith("/confirm")
      ? "post /api/payments/confirm"
      : "post /api/payments/{orderId}/cancel";
    expect(await described(route, response)).toMatchObject({ status, code });
  }
  const declined = await shopper.confirm(
    await shopper.authenticate(order, {
      confirm: { fault: "decline", code: "REJECT_CARD_PAYMENT" },
    }),
  );
  expect(await described("post /api/payments/confirm", declined)).toMatchObject({
    status: 402,
    providerCode: "REJECT_CARD_PAYMENT",
  });
  const none = await api.call("/api/orders/0123456789");
  await described("get /api/orders/{orderId}", none);
});

test("responses about products, health and webhooks match OpenAPI", async () => {
  for (const path of ["/api/products", "/healthz", "/readyz"] as const)
    await described(`get ${path}`, await api.call(path));
  const body = { eventType: "PAYMENT_STATUS_CHANGED", data: {} };
  const stored = await api.call("/webhooks/toss", { body });
  await described("post /webhooks/toss", stored);
  const garbage = await api.call("/webhooks/toss", { body: "{" });
  await described("post /webhooks/toss", garbage);
});
