import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack({ payment: { RECONCILE_AFTER_MS: "3000" } });
  shopper = shopperOf(stack);
}, 600_000);
afterAll(() => stack.close());

type Order = {
  readonly orderId: string;
  readonly status: string;
  readonly refundedAmount: number;
  readonly refundRequest: { readonly status: string; readonly answer: string | null } | null;
};

const keycaps = [{ productId: "keycaps", quantity: 1 }];
const wanted = { kind: "defective", text: "스위치 한 개가 눌리지 않습니다" };

async function call(path: string, headers: Record<string, string>, body?: unknown) {
  return await fetch(`${stack.url}${path}`, {
    method: "POST",
    headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const merchant = () => ({ Authorization: `Bearer ${stack.merchantKey}` });
const path = (orderId: string, what = "") => `/api/orders/${orderId}/refund-request${what}`;
const decide = (orderId: string, what: "/grant" | "/decline", body: unknown) =>
  call(path(orderId, what), merchant(), body);
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;

/** A paid order whose shopper has requested a refund. */
async function requested(): Promise<string> {
  const { orderId } = await shopper.pay(keycaps);
  const response = await call(path(orderId), shopper.sessionOf(orderId), wanted);
  expect(response.status).toBe(200);
  expect(((await response.json()) as Order).refundRequest).toMatchObject({
    ...wanted,
    status: "requested",
  });
  return orderId;
}

const orderOf = async (orderId: string) => (await shopper.get(orderId)) as unknown as Order;

describe("a refund request", () => {
  test("is made and withdrawn only by its shopper, moves no money and is in the history", async () => {
    const orderId = await requested();
    const other = await shopper.place();
    const notOwn = await call(path(orderId), shopper.sessionOf(other.orderId), wanted);
    expect(await codeOf(notOwn)).toBe("merchant_key_required");
    const second = { ...wanted, text: "다른 이유" };
    const twice = await call(path(orderId), shopper.sessionOf(orderId), second);
    expect(await codeOf(twice)).toBe("refund_request_open");
    const list = await fetch(`${stack.url}/api/refund-requests`, { headers: merchant() });
    const { orders } = (await list.json()) as { orders: Order[] };
    expect(orders.map((order) => order.orderId)).toContain(orderId);
    const seen = await fetch(`${stack.url}/api/orders/${orderId}`);
    expect(((await seen.json()) as Order).refundRequest).toBeNull();

    await call(path(orderId, "/withdraw"), shopper.sessionOf(orderId));
    expect(await orderOf(orderId)).toMatchObject({
      status: "CONFIRMED",
      refundRequest: { status: "withdrawn" },
    });
    expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 39_000 }]);
    const history = await fetch(`${stack.url}/api/orders/${orderId}/history`, {
      headers: merchant(),
    });
    const text = await history.text();
    expect(text).toContain(`"cause":"requestRefund","detail":{"kind":"defective"}`);
    expect(text).not.toContain(wanted.text);
    const entries = (JSON.parse(text) as { history: { cause: string; actor: string }[] }).history;
    const actors = entries.filter(({ cause }) => /RefundRequest|requestRefund/.test(cause));
    expect(actors.map(({ actor }) => actor)).toEqual(["shopper", "shopper"]);
  });

  test("is rejected for an unpaid order", async () => {
    const { orderId } = await shopper.place();
    const response = await call(path(orderId), shopper.sessionOf(orderId), wanted);
    expect([response.status, await codeOf(response)]).toEqual([409, "refund_not_requestable"]);
  });

  test("granted concurrently is refunded once, and the order and its request show it", async () => {
    const orderId = await requested();
    const grants = await Promise.all(
      Array.from({ length: 5 }, () => decide(orderId, "/grant", { amount: 9000 })),
    );
    expect(grants.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await orderOf(orderId)).toMatchObject({
      status: "PARTIALLY_REFUNDED",
      refundedAmount: 9000,
      refundRequest: { status: "granted" },
    });
    expect(await shopper.heldByToss(orderId)).toMatchObject([
      { balanceAmount: 30_000, refunds: [{ amount: 9000 }] },
    ]);
    const more = await decide(orderId, "/grant", { amount: 1000 });
    expect(await codeOf(more)).toBe("refund_request_not_open");
  });

  test("that was declined has the shop's answer, and can be made again", async () => {
    const orderId = await requested();
    const answer = "개봉한 상품은 환불이 어렵습니다";
    expect((await decide(orderId, "/decline", { answer })).status).toBe(200);
    expect((await orderOf(orderId)).refundRequest).toMatchObject({ status: "declined", answer });
    const again = await call(path(orderId), shopper.sessionOf(orderId), wanted);
    expect(again.status).toBe(200);
  });

  test("whose refund's response is lost stays granting, and is granted when the refund's outcome is known", async () => {
    const orderId = await requested();
    await shopper.sandbox("/_sandbox/webhooks", { drop: true });
    const fault = { operation: "cancel", fault: "lose_response", times: 1, orderId };
    await shopper.sandbox("/_sandbox/faults", fault);
    const granted = (await (await decide(orderId, "/grant", {})).json()) as Order;
    expect(granted.refundRequest?.status).toBe("granting");
    const declined = await decide(orderId, "/decline", { answer: "아니요" });
    expect(await codeOf(declined)).toBe("refund_request_granting");
    await eventually(async () => {
      expect(await orderOf(orderId)).toMatchObject({
        status: "REFUNDED",
        refundRequest: { status: "granted" },
      });
    });
    expect((await decide(orderId, "/grant", {})).status).toBe(200);
    expect(await shopper.heldByToss(orderId)).toMatchObject([
      { balanceAmount: 0, refunds: [{ amount: 39_000 }] },
    ]);
    await shopper.sandbox("/_sandbox/webhooks", {});
  });

  test("whose refund is rejected is open again, and the next grant refunds it", async () => {
    const order = await shopper.place(keycaps);
    const { orderId } = order;
    const { paymentKey, ...rest } = await shopper.authenticate(order, {
      method: "VIRTUAL_ACCOUNT",
    });
    await shopper.confirm({ paymentKey, ...rest });
    await shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, {});
    await shopper.becomes(orderId, "CONFIRMED");
    await call(path(orderId), shopper.sessionOf(orderId), wanted);
    const without = await decide(orderId, "/grant", {});
    expect(await codeOf(without)).toBe("refund_account_required");
    expect((await orderOf(orderId)).refundRequest?.status).toBe("requested");
    const refundAccount = { bank: "20", accountNumber: "1002123456789", holderName: "김토스" };
    expect((await decide(orderId, "/grant", { refundAccount })).status).toBe(200);
    expect(await orderOf(orderId)).toMatchObject({
      status: "REFUNDED",
      refundRequest: { status: "granted" },
    });
  });
});
