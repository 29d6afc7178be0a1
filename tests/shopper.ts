import { createPayflowClient, type components } from "@payflow/client";
import { eventually } from "@payflow/local-stack/testing";
import type { OrderStatus } from "@payflow/shared";
import type { TestStack } from "./stack.ts";

export type OrderAnswer = components["schemas"]["Order"];

export type Authenticated = {
  paymentKey: string;
  orderId: string;
  amount: number;
};

/** Actions of a shopper and an integrator, over HTTP. */
export function shopperOf(stack: Pick<TestStack, "url" | "sandboxUrl" | "merchantKey">) {
  const json = { "Content-Type": "application/json" };
  const sessions = new Map<string, string>();
  /** No retries, so that tests see every failure. */
  const merchant = createPayflowClient({
    baseUrl: stack.url,
    apiKey: stack.merchantKey,
    retries: 0,
  });

  async function place(items = [{ productId: "dev-tool", quantity: 1 }]): Promise<OrderAnswer> {
    const response = await fetch(`${stack.url}/api/orders`, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ items, customerName: "김토스", customerEmail: "kim@example.com" }),
    });
    if (response.status !== 201) throw new Error(await response.text());
    const order = (await response.json()) as OrderAnswer;
    sessions.set(order.orderId, cookieOf(response));
    return order;
  }

  /** The cookie of the browser that placed an order. */
  function sessionOf(orderId: string): { Cookie: string } {
    return { Cookie: sessions.get(orderId) ?? "" };
  }

  /** Authenticates in Toss's window; the payment still needs its confirm. */
  async function authenticate(
    order: OrderAnswer,
    options: {
      method?: string;
      customerName?: string;
      taxFreeAmount?: number;
      /** More fields of the session request. */
      session?: object;
      confirm?: unknown;
      /** More choices in the window. */
      chosen?: object;
    } = {},
  ): Promise<Authenticated> {
    const { orderId, orderName, amount } = order;
    const session = await sandbox("/_sandbox/sessions", {
      clientKey: "test_ck_sandbox",
      method: options.method ?? "CARD",
      amount: { currency: "KRW", value: amount },
      orderId,
      orderName,
      ...(options.customerName ? { customerName: options.customerName } : {}),
      ...(options.taxFreeAmount ? { taxFreeAmount: options.taxFreeAmount } : {}),
      successUrl: `${stack.url}/success`,
      failUrl: `${stack.url}/fail`,
      ...options.session,
    });
    const { paymentKey } = session as { paymentKey: string };
    await sandbox(`/_sandbox/sessions/${paymentKey}/authenticate`, {
      ...(options.confirm ? { confirm: options.confirm } : {}),
      ...options.chosen,
    });
    return { paymentKey, orderId, amount };
  }

  async function confirm(command: Authenticated): Promise<Response> {
    return await fetch(`${stack.url}/api/payments/confirm`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(command),
    });
  }

  async function get(orderId: string): Promise<OrderAnswer> {
    const path = { orderId };
    const { data, error } = await merchant.GET("/api/orders/{orderId}", { params: { path } });
    if (!data) throw new Error(`Order ${orderId}: ${JSON.stringify(error)}`);
    return data;
  }

  async function cancel(orderId: string): Promise<Response> {
    return await fetch(`${stack.url}/api/orders/${orderId}/cancel`, {
      method: "POST",
      headers: { Authorization: `Bearer ${stack.merchantKey}` },
    });
  }

  /** Refunds as the merchant; without an amount the whole balance. */
  async function refund(
    orderId: string,
    body: {
      reason: string;
      amount?: number;
      taxFreeAmount?: number;
      refundAccount?: {
        bank: string;
        accountNumber: string;
        holderName: string;
      };
    },
    key: string = crypto.randomUUID(),
  ): Promise<Response> {
    return await fetch(`${stack.url}/api/payments/${orderId}/cancel`, {
      method: "POST",
      headers: {
        ...json,
        Authorization: `Bearer ${stack.merchantKey}`,
        "Idempotency-Key": key,
      },
      body: JSON.stringify(body),
    });
  }

  /** Posts to the API with the merchant's key. */
  async function asMerchant(path: string, body: unknown): Promise<Response> {
    return await fetch(`${stack.url}${path}`, {
      method: "POST",
      headers: { ...json, Authorization: `Bearer ${stack.merchantKey}` },
      body: JSON.stringify(body),
    });
  }

  /** Places an order and pays it. */
  async function pay(items?: { productId: string; quantity: number }[]) {
    const order = await place(items);
    const response = await confirm(await authenticate(order));
    // on a busy machine the outcome may come after the response
    if (response.status === 202) await becomes(order.orderId, "CONFIRMED");
    else if (response.status !== 200) throw new Error(await response.text());
    return order;
  }

  async function becomes(orderId: string, status: OrderStatus) {
    return await eventually(
      async () => {
        const order = await get(orderId);
        if (order.status !== status) {
          throw new Error(`Order ${orderId} is ${order.status}, not ${status} yet`);
        }
        return order;
      },
      { timeoutMs: 20_000 },
    );
  }

  /** Calls the sandbox's control API. */
  async function sandbox(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(
      `${stack.sandboxUrl}${path}`,
      body === undefined ? {} : { method: "POST", headers: json, body: JSON.stringify(body) },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Confirms directly at Toss, like an attempt that payment's database has lost. */
  async function approveAtToss(confirm: Authenticated): Promise<void> {
    const response = await fetch(`${stack.sandboxUrl}/v1/payments/confirm`, {
      method: "POST",
      headers: { ...json, Authorization: `Basic ${btoa("test_sk_sandbox:")}` },
      body: JSON.stringify(confirm),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Toss's payments of an order: number of approvals, balance and refunds. */
  async function heldByToss(orderId: string) {
    const { payments } = (await sandbox("/_sandbox/payments")) as {
      payments: {
        orderId: string;
        paymentKey: string;
        status: string;
        balanceAmount: number;
        approvals: number;
        refunds: { amount: number; account: unknown }[];
      }[];
    };
    return payments.filter((payment) => payment.orderId === orderId);
  }

  return {
    merchant,
    sessionOf,
    place,
    authenticate,
    confirm,
    get,
    cancel,
    refund,
    asMerchant,
    pay,
    becomes,
    approveAtToss,
    sandbox,
    heldByToss,
  };
}

/** The Cookie header for a response's cookies. */
export function cookieOf(response: Response): string {
  const cookies = response.headers.getSetCookie();
  return cookies.map((cookie) => cookie.split(";")[0]).join("; ");
}
