import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { apiOf, cart, cookieOf, placed } from "./api_client.ts";
import { shopperOf } from "./shopper.ts";
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

describe("visibility", () => {
  test("placing an order sets an HttpOnly, SameSite=Lax session cookie", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toStartWith("payflow_session=");
    expect(cookie).toContain("; HttpOnly");
    expect(cookie).toContain("; SameSite=Lax");
    expect(cookie).toContain("; Path=/");
    expect(cookie).not.toContain("Secure");
  });

  test("an order is complete for its owner and the merchant, and masked for others", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const order = await placed(response);
    const path = `/api/orders/${order.orderId}`;
    for (const headers of [{ Cookie: cookieOf(response) }, api.merchant])
      expect(await (await api.call(path, { headers })).json()).toEqual(order);
    const masked = await (await api.call(path)).json();
    const { checkoutUrl: _, ...rest } = order;
    expect(masked).toEqual({ ...rest, customerName: "김*스", customerEmail: "k***@***" });
    const forged = { Cookie: cookieOf(response).replace(/\.[^.]+$/, ".forged") };
    expect(await (await api.call(path, { headers: forged })).json()).toEqual(masked);
  });

  test("a payment's key, receipt, account and refunds are shown only to its owner and the merchant", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const order = await placed(response);
    const paid = await shopper.authenticate(order);
    const body = { ...paid };
    const other = await api.call("/api/payments/confirm", { body });
    expect(other.status).toBe(200);
    expect(await other.json()).toMatchObject({ status: "DONE", paymentKey: null });
    const path = `/api/payments/${order.orderId}`;
    for (const headers of [{ Cookie: cookieOf(response) }, api.merchant])
      expect(await (await api.call(path, { headers })).json()).toMatchObject({
        status: "DONE",
        paymentKey: paid.paymentKey,
      });
    // compares the whole response, so that a new field cannot become public unnoticed
    expect(await (await api.call(path)).json()).toEqual({
      orderId: order.orderId,
      orderName: order.orderName,
      amount: 2000,
      taxFreeAmount: 0,
      balanceAmount: 2000,
      taxFreeBalance: 0,
      currency: "KRW",
      status: "DONE",
      method: "카드",
      approvedAt: expect.any(String),
      paymentKey: null,
      receiptUrl: null,
      virtualAccount: null,
      refundLimits: null,
      cashReceipt: null,
      isEscrow: false,
      failure: null,
      cancels: [],
    });
  });

  test("only the owner and the merchant can cancel, and repeating it succeeds", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const { orderId } = await placed(response);
    const path = `/api/orders/${orderId}/cancel`;
    await api.refusal(await api.call(path, { method: "POST" }), 401, "merchant_key_required");
    for (const headers of [{ Cookie: cookieOf(response) }, api.merchant]) {
      const canceled = await api.call(path, { method: "POST", headers });
      expect(canceled.status).toBe(200);
      expect(await canceled.json()).toMatchObject({ orderId, status: "CANCELED" });
    }
    const paid = await shopper.pay();
    await api.refusal(await shopper.cancel(paid.orderId), 409, "order_not_cancelable");
  });

  test("checkoutUrl opens the order's page in another browser, and redirects to a URL without the token", async () => {
    const order = await placed(
      await api.call("/api/orders", { body: cart, headers: api.merchant }),
    );
    const url = new URL(order.checkoutUrl ?? "");
    const opened = await api.call(url.pathname + url.search);
    expect(opened.status).toBe(303);
    expect(opened.headers.get("Location")).toBe(`/orders/${order.orderId}`);
    expect(opened.headers.get("Referrer-Policy")).toBe("no-referrer");
    const headers = { Cookie: cookieOf(opened) };
    const seen = await api.call(`/api/orders/${order.orderId}`, { headers });
    expect(await seen.json()).toMatchObject({ customerName: "김토스" });
    const wrong = await api.call(`${url.pathname}?token=wrong`);
    expect(cookieOf(wrong)).not.toContain("payflow_orders");
  });

  test("checkoutUrl allows viewing and paying, but no action of the owner", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const order = await placed(response);
    const { orderId } = order;
    const url = new URL(order.checkoutUrl ?? "");
    const opened = await api.call(url.pathname + url.search);
    const headers = { Cookie: cookieOf(opened), Origin: stack.url };
    const form = (path: string) =>
      fetch(`${stack.url}/orders/${orderId}/${path}`, {
        method: "POST",
        headers,
        redirect: "manual",
        body: new URLSearchParams({ bank: "20", accountNumber: "1" }),
      });
    const page = await (await api.call(`/orders/${orderId}`, { headers })).text();
    expect(page).toContain('id="pay"');
    expect(page).not.toContain(`/orders/${orderId}/cancel`);
    for (const path of ["cancel", "refund-account"])
      expect((await form(path)).status, path).toBe(404);
    const path = `/api/orders/${orderId}/cancel`;
    await api.refusal(
      await api.call(path, { method: "POST", headers }),
      401,
      "merchant_key_required",
    );
    // the token is not accepted as a cookie
    const token = url.searchParams.get("token") ?? "";
    for (const stolen of [
      { Cookie: `payflow_session=${token}` },
      { Cookie: `payflow_orders=${token}` },
      { Cookie: headers.Cookie.replace("payflow_orders", "payflow_session") },
    ])
      await api.refusal(
        await api.call(path, { method: "POST", headers: stolen }),
        401,
        "merchant_key_required",
      );
    const paid = await shopper.authenticate(order);
    const confirmed = await api.call("/api/payments/confirm", { headers, body: paid });
    expect(await confirmed.json()).toMatchObject({ status: "DONE", paymentKey: paid.paymentKey });
  });

  test("the history records who cancelled", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const { orderId } = await placed(response);
    const headers = { Cookie: cookieOf(response) };
    await api.call(`/api/orders/${orderId}/cancel`, { method: "POST", headers });
    const history = await api.call(`/api/orders/${orderId}/history`, { headers: api.merchant });
    expect(JSON.stringify(await history.json())).toContain('"actor":"shopper"');
  });
});

describe("other sites", () => {
  test("a page of another site can change nothing", async () => {
    const response = await api.call("/api/orders", { body: cart });
    const { orderId } = await placed(response);
    const Cookie = cookieOf(response);
    for (const Origin of ["https://evil.example", "null"]) {
      const headers = { Cookie, Origin };
      await api.refusal(
        await api.call(`/api/orders/${orderId}/cancel`, { method: "POST", headers }),
        403,
        "cross_site_request",
      );
      await api.refusal(
        await api.call("/api/orders", { body: cart, headers }),
        403,
        "cross_site_request",
      );
    }
    // only a valid key proves that the request is not from another site
    for (const Authorization of ["Basic dTpw", "x", "Digest a"]) {
      const headers = { Cookie, Origin: "https://evil.example", Authorization };
      await api.refusal(
        await api.call("/api/orders", { body: cart, headers }),
        403,
        "cross_site_request",
      );
    }
    const foreign = { ...api.merchant, Origin: "https://evil.example" };
    await placed(await api.call("/api/orders", { body: cart, headers: foreign }));
    const own = { Cookie, Origin: stack.url };
    const canceled = await api.call(`/api/orders/${orderId}/cancel`, {
      method: "POST",
      headers: own,
    });
    expect(canceled.status).toBe(200);
  });

  test("responses carry security headers", async () => {
    for (const path of ["/api/products", "/api/nothing", "/", "/docs", "/healthz"]) {
      const { headers } = await api.call(path);
      expect(headers.get("X-Content-Type-Options"), path).toBe("nosniff");
      expect(headers.get("X-Frame-Options"), path).toBe("DENY");
      expect(headers.get("Referrer-Policy"), path).toBe("strict-origin-when-cross-origin");
      expect(headers.get("Access-Control-Allow-Origin"), path).toBeNull();
    }
    const response = await api.call("/api/orders", { body: cart });
    const { orderId } = await placed(response);
    const headers = { Cookie: cookieOf(response) };
    for (const path of [
      ...["", "/status", "/events"].map((end) => `/orders/${orderId}${end}`),
      "/orders",
      "/",
      "/nothing",
      `/orders/${orderId}?token=x`,
      `/api/orders/${orderId}`,
      `/api/payments/${orderId}`,
    ]) {
      const personal = await api.call(path, { headers });
      expect(personal.headers.get("Cache-Control"), path).toContain("no-store");
      await personal.body?.cancel();
    }
    const answer = (await api.call("/api/products")).headers;
    expect(answer.get("Cache-Control")).toBe("no-store");
    expect(answer.get("Content-Security-Policy")).toStartWith("default-src 'none'");
    const docs = (await api.call("/docs")).headers.get("Content-Security-Policy");
    expect(docs).not.toContain("unsafe");
  });
});
