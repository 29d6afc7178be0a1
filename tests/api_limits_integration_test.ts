import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { apiOf, cart, cookieOf, placed } from "./api_client.ts";
import { testEdge, type TestEdge } from "./edge.ts";

setDefaultTimeout(600_000);

const perMinute = 3;
const url = "https://shop.localhost";
let edge: TestEdge;
let alone: TestEdge;

beforeAll(async () => {
  const order = {
    PUBLIC_URL: url,
    RATE_LIMIT_PER_MINUTE: String(perMinute),
    // the client address of requests without a connection
    TRUSTED_PROXIES: "127.0.0.1",
  };
  const paymentFetch = () => Promise.reject(new Error("connection refused"));
  [edge, alone] = await Promise.all([
    testEdge({ order }),
    testEdge({ order: { PUBLIC_URL: url }, paymentFetch }),
  ]);
}, 600_000);
afterAll(() => Promise.all([edge.close(), alone.close()]));

function post(
  path: string,
  init: { headers?: Record<string, string>; body?: BodyInit } = {},
): Request {
  const json = { "Content-Type": "application/json" };
  return new Request(url + path, {
    method: "POST",
    headers: { ...json, ...init.headers },
    body: init.body ?? "{}",
  });
}

const order = (headers: Record<string, string>, body: unknown = cart) =>
  edge.order(post("/api/orders", { headers, body: JSON.stringify(body) }));
const from = (address: string) => ({ "X-Forwarded-For": address });

describe("too many calls", () => {
  test("of one address are rejected with Retry-After, but not those of other addresses and the merchant", async () => {
    const { refusal, merchant } = apiOf(edge);
    for (let n = 0; n < perMinute; n++) await placed(await order(from("203.0.113.1")));
    const response = await order(from("203.0.113.1"));
    await refusal(response, 429, "rate_limited");
    expect(Number(response.headers.get("Retry-After"))).toBeWithin(1, 61);
    await placed(await order(from("203.0.113.2")));
    await placed(await order({ ...from("203.0.113.1"), ...merchant }));
  });

  test("include confirms, but not those of a stored paymentKey", async () => {
    const { refusal } = apiOf(edge);
    const { orderId, amount } = await placed(await order(from("203.0.113.3")));
    const confirm = (paymentKey: string) => {
      const body = JSON.stringify({ paymentKey, orderId, amount });
      const headers = from("203.0.113.4");
      return edge.order(post("/api/payments/confirm", { headers, body }));
    };
    for (let n = 0; n < perMinute; n++)
      await refusal(await confirm(`key-${n}`), 410, "payment_session_expired");
    await refusal(await confirm("key-new"), 429, "rate_limited");
    for (let n = 0; n < perMinute; n++)
      await refusal(await confirm(`key-${n}`), 410, "payment_session_expired");
    const found = await edge.order(new Request(`${url}/api/payments/${orderId}`));
    expect(await found.json()).not.toHaveProperty("paymentKeys");
  });
});

describe("wrong keys", () => {
  const list = (address: string, key: string) =>
    edge.order(
      new Request(`${url}/api/orders`, {
        headers: { ...from(address), Authorization: `Bearer ${key}` },
      }),
    );

  test("are rate-limited by address, and the right key is accepted", async () => {
    const { refusal } = apiOf(edge);
    const merchantAt = (address: string) => list(address, edge.merchantKey);
    expect((await merchantAt("203.0.113.20")).status).toBe(200);
    const guess = async (address: string) => {
      const answers = await Promise.all(
        Array.from({ length: 512 }, (_, n) => list(address, `guess-${n}`)),
      );
      return answers.filter(({ status }) => status === 401).length;
    };
    // the bucket refills during the test, by one in six seconds
    expect(await guess("203.0.113.20")).toBeLessThan(30);
    expect(await guess("203.0.113.21")).toBeLessThan(30);
    await refusal(await list("203.0.113.21", "guess"), 429, "rate_limited");
    expect((await merchantAt("203.0.113.20")).status).toBe(200);
    expect((await merchantAt("203.0.113.22")).status).toBe(200);
  });
});

describe("an anonymous Idempotency-Key", () => {
  const key = { "Idempotency-Key": "cart-1" };

  test("that another client has used is still free for other clients", async () => {
    const taken = await placed(await order({ ...from("203.0.113.30"), ...key }, cart));
    const other = { ...cart, customerName: "이토스" };
    const own = await placed(await order({ ...from("203.0.113.31"), ...key }, other));
    expect(own.orderId).not.toBe(taken.orderId);
    const same = await placed(await order({ ...from("203.0.113.32"), ...key }, cart));
    expect(same.orderId).not.toBe(taken.orderId);
  });

  test("returns the same order to a client without cookies that repeats the request", async () => {
    const headers = { ...from("203.0.113.33"), ...key };
    const first = await placed(await order(headers));
    const again = await order(headers);
    expect(again.headers.get("Idempotent-Replayed")).toBe("true");
    expect((await placed(again)).orderId).toBe(first.orderId);
  });
});

describe("on https", () => {
  test("cookies are Secure, and responses have HSTS", async () => {
    const response = await order(from("203.0.113.5"));
    expect(response.headers.getSetCookie().join()).toContain("; Secure");
    const policy = response.headers.get("Strict-Transport-Security");
    expect(policy).toStartWith("max-age=");
    expect(cookieOf(response)).toStartWith("__Host-payflow_session=");
  });
});

describe("webhooks", () => {
  test("get 200 when stored, 400 when malformed, 413 when too large", async () => {
    const { refusal } = apiOf(edge);
    const send = (body: BodyInit) => edge.order(post("/webhooks/toss", { body }));
    const data = { orderId: "0123456789", paymentKey: "key" };
    const webhook = { eventType: "PAYMENT_STATUS_CHANGED", data };
    const stored = await send(JSON.stringify(webhook));
    expect(stored.status).toBe(200);
    expect(await stored.json()).toEqual({ received: true });
    await refusal(await send("{"), 400, "malformed_webhook");
    await refusal(await send("null"), 400, "malformed_webhook");
    await refusal(await send(new Uint8Array([0x7b, 0xff])), 400, "malformed_json");
    await refusal(await send("x".repeat(65_537)), 413, "body_too_large");
    // Toss sends no Origin; a request with one is accepted too, since a webhook's content is never trusted
    const Origin = "https://evil.example";
    const headers = { Origin };
    const body = JSON.stringify(webhook);
    const strange = post("/webhooks/toss", { headers, body });
    expect((await edge.order(strange)).status).toBe(200);
  });
});

describe("without payment", () => {
  test("orders are placed, and calls that need payment get 503 with Retry-After", async () => {
    const { refusal, merchant } = apiOf(alone);
    const { orderId, amount } = await placed(
      await alone.order(post("/api/orders", { body: JSON.stringify(cart) })),
    );
    const confirm = JSON.stringify({ paymentKey: "key", orderId, amount });
    const headers = { ...merchant, "Idempotency-Key": "refund-1" };
    const refund = JSON.stringify({ reason: "변심" });
    const calls = [
      post("/api/payments/confirm", { body: confirm }),
      post(`/api/orders/${orderId}/cancel`, { headers }),
      post(`/api/payments/${orderId}/cancel`, { headers, body: refund }),
      new Request(`${url}/api/payments/${orderId}`),
    ];
    for (const call of calls) {
      const response = await alone.order(call);
      await refusal(response, 503, "payment_unavailable");
      expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    const webhook = await alone.order(post("/webhooks/toss"));
    await refusal(webhook, 503, "payment_unavailable");
    const ready = await alone.order(new Request(`${url}/readyz`));
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: "degraded",
      parts: { database: "ready", payment: "down", kafka: "down" },
    });
  });
});

describe("payment's port", () => {
  test("refuses every caller without the internal key, except for health checks", async () => {
    const others = [
      {},
      { "X-Internal-Key": "wrong" },
      { Authorization: `Bearer ${edge.merchantKey}` },
    ];
    const paths = ["confirm", "close", "find", "refund", "nothing"];
    for (const headers of others) {
      for (const path of paths.map((name) => `/internal/payments/${name}`)) {
        const response = await edge.payment(post(path, { headers }));
        expect(response.status, path).toBe(401);
        expect(await response.json()).toMatchObject({ code: "internal_key_required" });
      }
      const webhook = post("/webhooks/toss", { headers });
      expect((await edge.payment(webhook)).status).toBe(401);
    }
    const health = await edge.payment(new Request(`${url}/healthz`));
    expect(health.status).toBe(200);
  });
});
