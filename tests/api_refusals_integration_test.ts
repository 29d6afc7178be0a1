import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { apiOf, cart, newKey, placed } from "./api_client.ts";
import { shopperOf, type OrderAnswer } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let api: ReturnType<typeof apiOf>;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack();
  api = apiOf(stack);
  shopper = shopperOf(stack);
}, 600_000);
afterAll(async () => {
  await stack.close();
});

describe("invalid calls", () => {
  test("an unknown path gets 404, an unsupported method 405 with Allow", async () => {
    await api.refusal(await api.call("/api/nothing"), 404, "not_found");
    await api.refusal(await api.call("/api/nothing", { body: {} }), 404, "not_found");
    const cases = [
      ["PUT", "/api/orders", "POST, GET, HEAD"],
      ["DELETE", "/api/orders/0123456789", "GET, HEAD"],
      ["GET", "/api/orders/0123456789/cancel", "POST"],
      ["GET", "/api/payments/confirm", "POST"],
      ["PATCH", "/api/products", "GET, HEAD"],
      ["GET", "/webhooks/toss", "POST"],
      ["POST", "/healthz", "GET, HEAD"],
    ] as const;
    for (const [method, path, allow] of cases) {
      const response = await api.call(path, { method });
      await api.refusal(response, 405, "method_not_allowed");
      expect(response.headers.get("Allow"), `${method} ${path}`).toBe(allow);
    }
  });

  test("an unknown page gets 404 as HTML", async () => {
    const response = await api.call("/nothing");
    expect(response.status).toBe(404);
    expect(response.headers.get("Content-Type")).toStartWith("text/html");
  });

  test("HEAD responds as GET, without a body", async () => {
    for (const path of ["/api/products", "/healthz", "/"]) {
      const response = await api.call(path, { method: "HEAD" });
      expect(response.status, path).toBe(200);
      expect(await response.text()).toBe("");
    }
  });

  test("a body must be JSON in UTF-8 of at most 64 KB, with its Content-Type", async () => {
    for (const path of ["/api/orders", "/api/payments/confirm"]) {
      const sent = (body: BodyInit, type = "application/json") =>
        fetch(stack.url + path, { method: "POST", headers: { "Content-Type": type }, body });
      await api.refusal(await sent("{"), 400, "malformed_json");
      await api.refusal(await sent(""), 400, "malformed_json");
      const latin = new Uint8Array([0x22, 0xe9, 0x22]);
      await api.refusal(await sent(latin), 400, "malformed_json");
      const long = JSON.stringify({ customerName: "x".repeat(65_536) });
      await api.refusal(await sent(long), 413, "body_too_large");
      const endless = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(16_384)),
      });
      await api.refusal(await sent(endless), 413, "body_too_large");
      await api.refusal(await sent("{}", "text/plain"), 415, "unsupported_media_type");
      const form = "application/x-www-form-urlencoded";
      await api.refusal(await sent("a=1", form), 415, "unsupported_media_type");
    }
  });

  test("each invalid field is listed with its path", async () => {
    const body = { ...cart, items: [{ productId: "dev-tool" }], coupon: "x" };
    const { errors } = await api.refusal(
      await api.call("/api/orders", { body: { ...body, customerEmail: "kim" } }),
      422,
      "invalid_request",
    );
    expect(errors?.map(({ path }) => path).sort()).toEqual([
      "coupon",
      "customerEmail",
      "items.0.quantity",
    ]);
    expect(errors).toContainEqual({ path: "coupon", message: "unknown field" });
  });

  test("items, quantities and names have limits", async () => {
    const line = { productId: "dev-tool", quantity: 1 };
    const bad = [
      { ...cart, items: [] },
      { ...cart, items: Array.from({ length: 51 }, () => line) },
      { ...cart, items: [{ ...line, quantity: 0 }] },
      { ...cart, items: [{ ...line, quantity: 100 }] },
      { ...cart, items: [{ ...line, quantity: 1.5 }] },
      { ...cart, items: [{ ...line, quantity: "1" }] },
      {
        ...cart,
        items: [
          { ...line, quantity: 50 },
          { ...line, quantity: 50 },
        ],
      },
      { ...cart, customerName: "김\u0000토스" },
      { ...cart, customerName: "김\ud800" },
      { ...cart, customerName: "   " },
      { ...cart, customerName: "김".repeat(101) },
      [],
      null,
      "order",
    ];
    for (const body of bad)
      await api.refusal(
        await api.call("/api/orders", { body: JSON.stringify(body) }),
        422,
        "invalid_request",
      );
    const unknown = { ...cart, items: [{ productId: "nothing", quantity: 1 }] };
    const { errors } = await api.refusal(
      await api.call("/api/orders", { body: unknown }),
      422,
      "unknown_product",
    );
    expect(errors?.[0]?.path).toBe("items.0.productId");
  });

  test("an unknown order gets 404 for any form of id", async () => {
    for (const id of ["nothing", crypto.randomUUID(), "%00", "%ED%A0%80", "a".repeat(99)]) {
      await api.refusal(await api.call(`/api/orders/${id}`), 404, "order_not_found");
      await api.refusal(await api.call(`/api/payments/${id}`), 404, "payment_not_found");
      await api.refusal(
        await api.call(`/api/orders/${id}/cancel`, { method: "POST" }),
        404,
        "order_not_found",
      );
    }
    const body = { paymentKey: "key", orderId: "nothing", amount: 1000 };
    await api.refusal(await api.call("/api/payments/confirm", { body }), 404, "order_not_found");
  });

  test("a valid X-Request-Id is returned; an invalid one is replaced", async () => {
    const plain = { "X-Request-Id": "till-7" };
    const echoed = await api.call("/api/products", { headers: plain });
    expect(echoed.headers.get("X-Request-Id")).toBe("till-7");
    const strange = { "X-Request-Id": "<script>" };
    const made = await api.call("/api/nothing", { headers: strange });
    const { requestId } = await api.refusal(made, 404, "not_found");
    expect(requestId).toMatch(/^[\w-]{8,}$/);
  });
});

test("every documented route rejects an unknown query parameter", async () => {
  type Document = { paths: Record<string, Record<string, unknown>> };
  const described = await api.call("/openapi.json");
  const { paths } = (await described.json()) as Document;
  const { orderId } = await shopper.place();
  let calls = 0;
  for (const [pattern, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const path = pattern.replaceAll(/\{\w+\}/g, orderId);
      const body = method === "post" ? { body: {} } : {};
      const headers = { ...api.merchant, ...newKey() };
      const response = await api.call(`${path}?emial=x`, { ...body, headers });
      const problem = await api.refusal(response, 422, "invalid_request");
      expect(problem.errors, path).toEqual([{ path: "emial", message: "unknown parameter" }]);
      calls += 1;
    }
  }
  expect(calls).toBeGreaterThan(10);
  // links to pages may have other sites' parameters
  expect((await api.call("/?utm_source=x")).status).toBe(200);
});

describe("the merchant's key", () => {
  test("is needed for priced orders, lists and refunds, and a wrong key is rejected everywhere", async () => {
    const priced = {
      orderName: "맞춤 제작",
      amount: 12_300,
      customerName: "김토스",
      customerEmail: "kim@example.com",
    };
    const wrong = { Authorization: "Bearer not-the-key-of-the-merchant" };
    for (const headers of [{}, wrong]) {
      const response = await api.call("/api/orders", { body: priced, headers });
      await api.refusal(response, 401, "merchant_key_required");
      expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
      await api.refusal(await api.call("/api/orders", { headers }), 401, "merchant_key_required");
      await api.refusal(
        await api.call("/api/payments/0123456789/cancel", {
          headers: { ...headers, ...newKey() },
          body: { reason: "변심" },
        }),
        401,
        "merchant_key_required",
      );
    }
    await api.refusal(
      await api.call("/api/orders", { body: cart, headers: wrong }),
      401,
      "merchant_key_required",
    );
    const order = await placed(
      await api.call("/api/orders", { body: priced, headers: api.merchant }),
    );
    expect(order).toMatchObject({ ...priced, items: [], status: "PENDING" });
    expect(order.checkoutUrl).toStartWith(`${stack.url}/orders/${order.orderId}?token=`);
  });

  test("lists orders newest first, by status, page by page", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await shopper.place()).orderId);
    type Page = { orders: OrderAnswer[]; nextCursor: string | null };
    const page = async (query: string) => {
      const response = await api.call(`/api/orders?${query}`, { headers: api.merchant });
      expect(response.status).toBe(200);
      return (await response.json()) as Page;
    };
    const first = await page("limit=2");
    expect(first.orders.map(({ orderId }) => orderId)).toEqual(ids.slice(0, 2));
    expect(first.orders[0]?.customerName).toBe("김토스");
    const second = await page(`limit=1&cursor=${first.nextCursor}`);
    expect(second.orders.map(({ orderId }) => orderId)).toEqual(ids.slice(2));
    expect((await page("status=REFUNDED")).orders).toEqual([]);
    const today = new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10);
    const ofKim = `email=KIM@example.com&from=2026-01-01&to=${today}&status=PENDING`;
    expect((await page(`${ofKim}&limit=1`)).orders.map(({ orderId }) => orderId)).toEqual(
      ids.slice(0, 1),
    );
    for (const none of ["email=nobody@example.com", "to=2026-01-01", "method=휴대폰"])
      expect((await page(none)).orders).toEqual([]);
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=x",
      "status=paid",
      "cursor=%00",
      "cursor=garbage",
      `cursor=${crypto.randomUUID()}`,
      "emial=kim@example.com",
      "email=kim",
      "from=yesterday",
      "to=2026-02-30",
      "from=2026-02-02&to=2026-02-01",
      "emial=",
      "limit=1&limit=2",
      "status=PENDING&status=",
      // an empty filter would match the orders of everybody
      ...["status", "email", "merchantReference", "orderNumber", "cursor"].map(
        (name) => `${name}=`,
      ),
      "__proto__=x",
      "toString=x",
      "Limit=1",
    ]) {
      await api.refusal(
        await api.call(`/api/orders?${query}`, { headers: api.merchant }),
        422,
        "invalid_request",
      );
    }
  });
});
