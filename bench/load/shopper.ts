// The HTTP calls of a shopper's browser, without the browser.
export type Places = { readonly orderUrl: string; readonly sandboxUrl: string };

export type Placed = {
  readonly orderId: string;
  readonly orderName: string;
  readonly amount: number;
};
export type ConfirmBody = Pick<Placed, "orderId" | "amount"> & { readonly paymentKey: string };

export const customerEmail = "kim@example.com";
export const cart = JSON.stringify({
  items: [{ productId: "dev-tool", quantity: 1 }],
  customerName: "김토스",
  customerEmail,
});

export async function place({ orderUrl }: Places): Promise<Placed> {
  return (await post(`${orderUrl}/api/orders`, cart, [201])) as Placed;
}

/** Opens a payment session and authenticates it; the shop must confirm next. */
export async function authenticate(places: Places, order: Placed): Promise<ConfirmBody> {
  const { orderUrl, sandboxUrl } = places;
  const { orderId, orderName, amount } = order;
  const session = {
    clientKey: "test_ck_sandbox",
    method: "CARD",
    amount: { currency: "KRW", value: amount },
    orderId,
    orderName,
    successUrl: `${orderUrl}/success`,
    failUrl: `${orderUrl}/fail`,
  };
  const opened = await post(`${sandboxUrl}/_sandbox/sessions`, JSON.stringify(session), [201]);
  const { paymentKey } = opened as { paymentKey: string };
  await post(`${sandboxUrl}/_sandbox/sessions/${paymentKey}/authenticate`, "{}", [200]);
  return { paymentKey, orderId, amount };
}

/** The result of a confirm and its number of calls: it retries 429 and 503, like a browser. */
export type Confirmed = { readonly isPaid: boolean; readonly calls: number };

const confirmCallsMax = 20;

/** @throws Error after any other error response, or after `confirmCallsMax` calls */
export async function confirm({ orderUrl }: Places, body: ConfirmBody): Promise<Confirmed> {
  for (let calls = 1; ; calls++) {
    const response = await fetch(`${orderUrl}/api/payments/confirm`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) {
      const { status } = JSON.parse(text) as { status: string };
      return { isPaid: status === "DONE", calls };
    }
    const isForNow = response.status === 429 || response.status === 503;
    if (!isForNow || calls === confirmCallsMax)
      throw new Error(`A confirm was refused: ${response.status} ${text}`);
    await Bun.sleep(Number(response.headers.get("Retry-After") ?? 1) * 1000);
  }
}

/** The payment service's call to Toss, made directly to measure the PSP alone. */
export async function confirmAtToss({ sandboxUrl }: Places, body: ConfirmBody): Promise<void> {
  const authorization = `Basic ${btoa("test_sk_sandbox:")}`;
  const url = `${sandboxUrl}/v1/payments/confirm`;
  await post(url, JSON.stringify(body), [200], { Authorization: authorization });
}

/** Sets the sandbox's delay for each confirm. Deletes all other faults. */
export async function delayConfirms({ sandboxUrl }: Places, delayMs: number): Promise<void> {
  const url = `${sandboxUrl}/_sandbox/faults`;
  await (await fetch(url, { method: "DELETE" })).arrayBuffer();
  if (delayMs === 0) return;
  await post(url, JSON.stringify({ operation: "confirm", fault: "delay", delayMs }), [200, 201]);
}

/** Stops the webhooks of the sandbox. */
export async function dropWebhooks({ sandboxUrl }: Places): Promise<void> {
  await post(`${sandboxUrl}/_sandbox/webhooks`, JSON.stringify({ drop: true }), [200]);
}

async function post(
  url: string,
  body: string,
  expected: readonly number[],
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  if (!expected.includes(response.status))
    throw new Error(`${new URL(url).pathname}: ${response.status} ${text}`);
  return text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined;
}
