import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { apiOf, cart, cookieOf, newKey, placed } from "./api_client.ts";
import { shopperOf, type OrderAnswer } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let api: ReturnType<typeof apiOf>;
let orders: postgres.Sql;

beforeAll(async () => {
  const order = { RETURN_ORIGINS: "https://shop.example, http://localhost:3000" };
  stack = await testStack({ order });
  api = apiOf(stack);
  orders = postgres(stack.databases.order, { max: 1 });
}, 600_000);
afterAll(async () => {
  await orders.end();
  await stack.close();
});

const place = (facts: object, headers: Record<string, string> = {}) =>
  api.call("/api/orders", {
    body: { ...cart, ...facts },
    headers: { ...api.merchant, ...headers },
  });
const reference = () => `cart/${crypto.randomUUID()}`;
const metadata = { cart: "7f3a", 담당: "김" };
const returnUrl = "https://shop.example/thanks?cart=7f3a";

async function found(query: string): Promise<string[]> {
  const response = await api.call(`/api/orders?${query}`, { headers: api.merchant });
  expect(response.status).toBe(200);
  const { orders: listed } = (await response.json()) as { orders: OrderAnswer[] };
  return listed.map(({ orderId }) => orderId);
}

test("an order keeps its reference, metadata and return URL, and shows metadata only to the merchant", async () => {
  const facts = { merchantReference: reference(), metadata, returnUrl };
  const order = await placed(await place(facts));
  expect(order).toMatchObject(facts);
  const factsOf = ({ merchantReference, metadata, returnUrl }: OrderAnswer) => ({
    merchantReference,
    metadata,
    returnUrl,
  });
  const read = async (headers: Record<string, string>) => {
    const response = await api.call(`/api/orders/${order.orderId}`, { headers });
    return factsOf((await response.json()) as OrderAnswer);
  };
  expect(await read(api.merchant)).toEqual(facts);
  const nothing = { merchantReference: null, metadata: {}, returnUrl: null };
  expect(await read({})).toEqual(nothing);
  const opened = await fetch(order.checkoutUrl ?? "", { redirect: "manual" });
  const Cookie = cookieOf(opened);
  expect(await read({ Cookie })).toEqual({ ...facts, metadata: {} });
  expect(factsOf(await placed(await place({})))).toEqual(nothing);
});

test.each(["CartOrder", "PricedOrder"])("every field of %s is returned unchanged", async (name) => {
  const document = await (await api.call("/openapi.json")).json();
  const { properties } = document.components.schemas[name];
  const { items, taxFreeAmount, ...facts } = properties;
  const given = Object.fromEntries(
    Object.entries<{ examples: unknown[] }>(facts).map(([field, { examples }]) => [
      field,
      examples[0],
    ]),
  );
  expect(Object.values(given)).not.toContain(undefined);
  const body = {
    ...given,
    merchantReference: reference(),
    ...(items ? { items: cart.items } : {}),
  };
  const response = await api.call("/api/orders", { body, headers: api.merchant });
  const order = await placed(response);
  expect(order).toMatchObject({ ...body, items: items ? cart.items : [] });
  const seen = await (await api.call(`/api/orders/${order.orderId}`)).json();
  const open = Object.keys(given).filter((field) => Bun.deepEquals(seen[field], given[field]));
  expect(open).toEqual(items ? [] : ["orderName", "amount"]);
});

test("an order's events contain its reference and metadata", async () => {
  const merchantReference = reference();
  const { orderId, orderNumber } = await placed(await place({ merchantReference, metadata }));
  const cancel = await api.call(`/api/orders/${orderId}/cancel`, {
    method: "POST",
    headers: api.merchant,
  });
  expect(cancel.status).toBe(200);
  const events = await orders<{ payload: string }[]>`
    select payload from events where aggregate_id = ${orderId} order by version`;
  const names = { orderNumber, merchantReference };
  expect(events.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
    { eventType: "OrderCreated", ...names, metadata },
    { eventType: "OrderCanceled", ...names },
  ]);
});

test("a second order with the same reference is rejected, and the error names the first order", async () => {
  const merchantReference = reference();
  const key = newKey();
  const first = await placed(await place({ merchantReference }, key));
  for (const facts of [{ merchantReference }, { merchantReference, metadata }]) {
    const problem = await api.refusal(await place(facts), 409, "merchant_reference_taken");
    expect(problem).toMatchObject({ orderId: first.orderId, orderNumber: first.orderNumber });
  }
  // the rejected request's Idempotency-Key stays free, and the first key returns the first order
  const free = newKey();
  await api.refusal(await place({ merchantReference }, free), 409, "merchant_reference_taken");
  await placed(await place({ merchantReference: reference() }, free));
  expect(await placed(await place({ merchantReference }, key))).toEqual(first);
});

test("of concurrent orders with one reference one is placed, and other concurrent orders succeed", async () => {
  const merchantReference = reference();
  const same = Array.from({ length: 5 }, () => place({ merchantReference }));
  const others = Array.from({ length: 5 }, () => place({ merchantReference: reference() }));
  const statuses = (await Promise.all(same)).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([201, 409, 409, 409, 409]);
  for (const response of await Promise.all(others)) expect(response.status).toBe(201);
});

test("reference, metadata and return URL need a key of role operate", async () => {
  for (const facts of [{ merchantReference: reference() }, { metadata }, { returnUrl }]) {
    const response = await api.call("/api/orders", { body: { ...cart, ...facts } });
    await api.refusal(response, 401, "merchant_key_required");
  }
});

test.each([
  ["merchantReference", { merchantReference: "" }],
  ["merchantReference", { merchantReference: "r".repeat(65) }],
  ["merchantReference", { merchantReference: "a\nb" }],
  ["metadata", { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [n, "x"])) }],
  ["metadata", { metadata: { ["k".repeat(41)]: "x" } }],
  ["metadata", { metadata: { a: "x".repeat(501) } }],
  ["metadata", { metadata: { a: 1 } }],
  ["metadata", { metadata: { a: "\0" } }],
  ["metadata", { metadata: ["a"] }],
  ["metadata", { metadata: { constructor: "a" } }],
  ["metadata", { metadata: { ["__proto__ "]: "a" } }],
  ["metadata", { metadata: { a: "1", "a ": "2" } }],
  ["returnUrl", { returnUrl: "https://evil.example/" }],
  ["returnUrl", { returnUrl: "//shop.example/" }],
  ["merchantReferences", { merchantReferences: "x" }],
])("an order with an invalid %s is rejected: %j", async (name, facts) => {
  const problem = await api.refusal(await place(facts), 422, "invalid_request");
  expect(problem.errors?.[0]?.path).toStartWith(name);
});

test("orders are filtered by number, reference, e-mail, status and day, and by combinations", async () => {
  const merchantReference = reference();
  const customerEmail = `${crypto.randomUUID()}@example.com`;
  const order = await placed(await place({ merchantReference, customerEmail }));
  const { orderId, orderNumber } = order;
  const other = await placed(await place({ customerEmail }));
  const email = `email=${customerEmail.toUpperCase()}`;
  const byReference = `merchantReference=${encodeURIComponent(merchantReference)}`;
  const typed = orderNumber.toLowerCase().replace("-", "");
  expect(await found(email)).toEqual([other.orderId, orderId]);
  expect(await found(byReference)).toEqual([orderId]);
  for (const number of [orderNumber, typed])
    expect(await found(`orderNumber=${number}`)).toEqual([orderId]);
  const all = `${byReference}&${email}&orderNumber=${typed}&status=PENDING&from=2026-01-01`;
  expect(await found(all)).toEqual([orderId]);
  expect(await found(`${byReference}&orderNumber=${other.orderNumber}`)).toEqual([]);
  expect(await found(`${byReference}&email=other@example.com`)).toEqual([]);
  expect(await found(`${byReference}&status=CONFIRMED`)).toEqual([]);
  expect(await found(`${byReference}&to=2026-01-01`)).toEqual([]);
  expect(await found("merchantReference=none")).toEqual([]);
  for (const query of ["reference=x", "orderNumber=1", "from=yesterday"]) {
    const response = await api.call(`/api/orders?${query}`, { headers: api.merchant });
    await api.refusal(response, 422, "invalid_request");
  }
});

test("Accept: text/csv returns all orders of the filter as CSV, masked for a key of role read", async () => {
  const customerEmail = `csv.${crypto.randomUUID()}@example.com`;
  const references = [reference(), reference(), "=1+1"];
  for (const merchantReference of references)
    await placed(await place({ customerEmail, merchantReference }));
  const made = await api.call("/api/keys", {
    body: { name: crypto.randomUUID(), role: "read" },
    headers: api.merchant,
  });
  const { key } = (await made.json()) as { key: string };
  const list = async (headers: Record<string, string>) => {
    const query = `email=${customerEmail}&limit=1`;
    const response = await api.call(`/api/orders?${query}`, {
      headers: { ...api.merchant, ...headers },
    });
    expect(response.status).toBe(200);
    const type = response.headers.get("Content-Type");
    return { type, headers: response.headers, text: await response.text() };
  };
  const whole = await list({ Accept: "text/csv" });
  expect(whole.type).toBe("text/csv; charset=utf-8");
  expect(whole.headers.get("Content-Disposition")).toContain("orders.csv");
  const [head, ...lines] = whole.text.trimEnd().split("\r\n");
  expect(head).toStartWith("Order number,Order id,");
  expect(lines.map((line) => line.split(",")[2])).toEqual([...references.slice(0, 2), "'=1+1"]);
  for (const line of lines) expect(line).toContain(customerEmail);
  const read = { Authorization: `Bearer ${key}` };
  const masked = await list({ Accept: "text/csv;q=0.9, application/json;q=0.1", ...read });
  expect(masked.text.split("\r\n")).toHaveLength(5);
  expect(masked.text).not.toContain(customerEmail);
  expect(masked.text).not.toContain(cart.customerName);
  const korean = await list({ Accept: "text/csv", "Accept-Language": "ko-KR" });
  expect(korean.text).toContain("주문번호");
  for (const Accept of ["*/*", "application/json", "application/json, text/csv;q=0.5", "image/png"])
    expect((await list({ Accept })).type).toBe("application/json");
  const [entry] = await orders`select action, detail from audit order by id desc limit 1`;
  expect(entry).toMatchObject({ action: "orders.exported", detail: { isSearch: true } });
  expect(JSON.stringify(entry)).not.toContain(customerEmail);
  const refused = await api.call("/api/orders?status=PAID", {
    headers: { ...api.merchant, Accept: "text/csv" },
  });
  await api.refusal(refused, 422, "invalid_request");
});

test("a shopper who pays is redirected to the order's return URL, with the outcome", async () => {
  const shopper = shopperOf(stack);
  for (const [method, status] of [
    ["CARD", "CONFIRMED"],
    ["VIRTUAL_ACCOUNT", "AWAITING_DEPOSIT"],
  ] as const) {
    const order = await placed(await place({ returnUrl: `${returnUrl}#top` }));
    const opened = await fetch(order.checkoutUrl ?? "", { redirect: "manual" });
    const { paymentKey } = await shopper.authenticate(order, { method });
    const { orderId, orderNumber, amount } = order;
    const paid = await fetch(`${stack.url}/success`, {
      method: "POST",
      headers: { Cookie: cookieOf(opened) },
      body: new URLSearchParams({ paymentKey, orderId, amount: String(amount) }),
      redirect: "manual",
    });
    const facts = new URLSearchParams({ orderId, orderNumber, status });
    expect([paid.status, paid.headers.get("Location")]).toEqual([303, `${returnUrl}&${facts}#top`]);
  }
});

test("erasing a customer removes metadata and return URL, and keeps the reference", async () => {
  const customerEmail = `${crypto.randomUUID()}@example.com`;
  const merchantReference = reference();
  const facts = { customerEmail, merchantReference, metadata, returnUrl };
  const { orderId } = await placed(await place(facts));
  const erased = await api.call("/api/customers/erase", {
    body: { email: customerEmail },
    headers: api.merchant,
  });
  expect(await erased.json()).toMatchObject({ erased: [orderId] });
  await eventually(async () => {
    const read = await api.call(`/api/orders/${orderId}`, { headers: api.merchant });
    const order = (await read.json()) as OrderAnswer;
    expect(order).toMatchObject({ customerEmail: null, merchantReference, returnUrl: null });
    expect(order.metadata).toEqual({});
  });
  const [row] = await orders`select metadata, return_url from orders where id = ${orderId}`;
  expect(row).toEqual({ metadata: {}, return_url: null });
});
