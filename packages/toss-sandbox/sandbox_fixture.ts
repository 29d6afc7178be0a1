// Test fixture: an in-memory sandbox with its own clock, and common calls. It opens no port:
// requests go directly to `fetch`.

import { createTossSandbox, type TossSandboxConfig } from "./mod.ts";

const origin = "http://sandbox.test";

export type Json = Record<string, any>;

export type Reply = {
  readonly status: number;
  readonly text: string;
  readonly json: Json;
  readonly headers: Headers;
};

export function openTestSandbox(config: Partial<TossSandboxConfig> = {}) {
  const clock = { now: Date.parse("2026-01-05T14:22:10+09:00") };
  const sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: origin,
    now: () => clock.now,
    ...config,
  });

  /** Rejects when the sandbox drops the connection. */
  async function send(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await sandbox.fetch(new Request(origin + path, init));
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    const json = (isJson ? JSON.parse(text) : {}) as Json;
    return { status: response.status, text, json, headers: response.headers };
  }

  const post = (path: string, body: unknown = {}) =>
    send(path, { method: "POST", body: JSON.stringify(body) });

  /** Calls Toss's API with the secret key, as PayFlow does. */
  function api(path: string, body?: unknown, headers: Record<string, string> = {}) {
    return send(path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Basic ${btoa("test_sk_sandbox:")}`,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  let orders = 0;

  async function open(session: Json = {}) {
    const orderId = `order-${(orders += 1)}`;
    const { json } = await post("/_sandbox/sessions", {
      clientKey: "test_ck_sandbox",
      method: "CARD",
      amount: { currency: "KRW", value: 50_000 },
      orderId,
      orderName: "책상",
      customerName: "김토스",
      successUrl: "http://shop.test/success",
      failUrl: "http://shop.test/fail",
      ...session,
    });
    const paymentKey = json["paymentKey"] as string;
    const order = {
      paymentKey,
      orderId: (session["orderId"] as string | undefined) ?? orderId,
      amount: (session["amount"]?.value as number | undefined) ?? 50_000,
    };
    return order;
  }

  async function authenticated(session: Json = {}, confirm?: Json) {
    const order = await open(session);
    const path = `/_sandbox/sessions/${order.paymentKey}/authenticate`;
    await post(path, confirm === undefined ? {} : { confirm });
    return order;
  }

  const confirm = (order: Json, headers: Record<string, string> = {}) =>
    api("/v1/payments/confirm", order, headers);

  async function paid(session: Json = {}) {
    const order = await authenticated(session);
    await confirm(order);
    return order;
  }

  return {
    clock,
    sandbox,
    send,
    post,
    api,
    open,
    authenticated,
    confirm,
    paid,
    get: (order: Json) => api(`/v1/payments/${order["paymentKey"]}`),
    cancel: (order: Json, body: Json = {}, headers: Record<string, string> = {}) =>
      api(`/v1/payments/${order["paymentKey"]}/cancel`, { cancelReason: "변심", ...body }, headers),
    fault: (order: Json) => post("/_sandbox/faults", order),
    audit: async () => (await send("/_sandbox/payments")).json["payments"] as Json[],
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** Polls `probe` until it returns a value. Throws an error that names `what` after 5 s. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + 5_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`Waited 5 s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
