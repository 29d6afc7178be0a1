import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import type { OrderPage } from "../contract.ts";
import { browse } from "../testing/browse.ts";
import { snapshotOf } from "../testing/sample_order.ts";

test("GET /orders/{orderId} shows everything to its owner, and only status and amounts to others", async () => {
  const ui = browse();
  const added = ui.shop.add({ status: "AWAITING_DEPOSIT" });
  ui.shop.change(added.orderId, { payment: snapshotOf(added, { status: "WAITING_FOR_DEPOSIT" }) });
  const path = `/orders/${added.orderId}`;
  const own = await ui.get(path);
  const secrets = ["김토스", "kim@example.com", "56211102893746"];
  for (const secret of secrets) expect(own.body).toContain(secret);
  const other = await ui.get(path, { session: "other" });
  for (const secret of [...secrets, "token-of", "/cancel", "아래 계좌로"])
    expect(other.body).not.toContain(secret);
  for (const shown of ["김*스", "k***@***", "1,000원", "입금 대기"])
    expect(other.body).toContain(shown);
});

test("GET /orders/{orderId}/status and /events show other visitors only what the page shows them", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({ status: "CANCELED" });
  for (const part of ["status", "events"]) {
    const { body } = await ui.get(`/orders/${orderId}/${part}`, { session: "other" });
    expect(body).toContain("주문을 취소했습니다.");
    expect(body).not.toContain("kim@example.com");
  }
});

test("GET /orders/{orderId} lets other visitors pay only after a valid token, which the redirect removes from the address", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const other = { session: "other" };
  expect((await ui.get(`/orders/${orderId}`, other)).body).not.toContain('id="pay"');
  const wrong = await ui.get(`/orders/${orderId}?token=guess`, other);
  expect(wrong.headers.get("location")).toBe(`/orders/${orderId}`);
  expect((await ui.get(`/orders/${orderId}`, other)).body).not.toContain('id="pay"');
  const right = await ui.get(`/orders/${orderId}?method=TRANSFER&token=token-of-${orderId}`, other);
  expect(right.status).toBe(303);
  expect(right.headers.get("location")).toBe(`/orders/${orderId}?method=TRANSFER`);
  const { body } = await ui.get(`/orders/${orderId}?method=TRANSFER`, other);
  expect(body).toContain('id="pay"');
  expect(body).toMatch(/value="TRANSFER" checked/);
});

test("GET /orders/{orderId} shows a tax-free amount and gives it to Toss's window, only when there is one", async () => {
  const ui = browse();
  const taxed = await ui.get(`/orders/${ui.shop.add({}).orderId}`);
  expect(taxed.body).not.toMatch(/면세|data-tax-free/);
  const { body } = await ui.get(`/orders/${ui.shop.add({ taxFreeAmount: 300 }).orderId}`);
  expect(body).toContain("이 중 면세 300원");
  expect(body).toContain('data-tax-free="300"');
});

test("GET /orders/{orderId}/status responds 204 while the page would look the same", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const path = `/orders/${order.orderId}`;
  const seen = /data-seen="(\w+)"/.exec((await ui.get(path)).body)?.[1] ?? "";
  expect((await ui.get(`${path}/status?seen=${seen}`)).status).toBe(204);
  // A new payment that changes nothing on the page redraws nothing.
  ui.shop.change(order.orderId, { payment: snapshotOf(order, {}) });
  expect((await ui.get(`${path}/status?seen=${seen}`)).status).toBe(204);
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { status: "IN_PROGRESS" }) });
  const changed = await ui.get(`${path}/status?seen=${seen}`);
  expect(changed.status).toBe(200);
  expect(changed.body).toContain("결제 결과를 확인하고 있습니다.");
});

test("GET /orders/{orderId}/events sends the view when it differs from the browser's, then each change, then the end", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const seen = /data-seen="(\w+)"/.exec((await ui.get(`/orders/${order.orderId}`)).body)?.[1];
  const answer = ui.get(`/orders/${order.orderId}/events?seen=${seen}`);
  await Bun.sleep(0);
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { status: "IN_PROGRESS" }) });
  await Bun.sleep(0);
  ui.shop.change(order.orderId, { status: "EXPIRED", payment: null });
  const { body, headers } = await answer;
  expect(headers.get("content-type")).toStartWith("text/event-stream");
  expect(body).not.toContain("결제를 기다리고");
  expect(body).toContain("결제 시간이 지났습니다.");
  expect(body.trimEnd()).toEndWith("event: end\ndata:");
});

test("GET /orders/{orderId}/events sends its first bytes at once when nothing has changed", async () => {
  const ui = browse();
  const path = `/orders/${ui.shop.add({}).orderId}`;
  const seen = /data-seen="(\w+)"/.exec((await ui.get(path)).body)?.[1];
  const { body } = await ui.app.request(`${path}/events?seen=${seen}`);
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe("event: beat\ndata: \n\n");
  await reader.cancel();
});

test("GET /orders/{orderId}/events sends the event full when other requests need the connection", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  ui.shop.streamsFull = true;
  const { body } = await ui.get(`/orders/${orderId}/events`);
  expect(body.trimEnd()).toEndWith("event: full\ndata:");
});

test.each([-3_600_000, 3_600_000])(
  "pages go by the clock that orders use, with the process's clock %d ms off",
  async (aheadMs) => {
    const ui = browse();
    ui.shop.clockAheadMs = aheadMs;
    const now = Date.parse(ui.shop.deps.now());
    const at = (ms: number) => new Date(now + ms).toISOString();
    const open = ui.shop.add({ expiresAt: at(60_000) });
    const over = ui.shop.add({ expiresAt: at(-60_000) });
    const page = (order: OrderPage) => ui.get(`/orders/${order.orderId}`);
    expect((await page(open)).body).toContain('id="pay"');
    expect((await page(over)).body).not.toContain('id="pay"');
    const status = await ui.get(`/orders/${open.orderId}/status`);
    expect(status.body).toContain('id="pay"');
    const list = (await ui.get("/orders")).body;
    expect(list.split("결제 대기").length - 1).toBe(1);
    expect(list.split("마감 중").length - 1).toBe(1);
    const back = new URLSearchParams({ orderId: over.orderId, paymentKey: "key", amount: "1000" });
    expect((await ui.get(`/success?${back}`)).body).toContain("주문을 마감하고");
    await streamsBothStates(ui);
  },
);

test("GET /orders/{orderId}/events shows the end of the payment period without an event", async () => {
  await streamsBothStates(browse());
});

/** Watches an order until its deadline; retries with a longer period on a slow machine. */
async function streamsBothStates(ui: ReturnType<typeof browse>): Promise<void> {
  for (let leftMs = 300; leftMs < 300_000; leftMs *= 3) {
    const expiresAt = new Date(Date.parse(ui.shop.deps.now()) + leftMs).toISOString();
    const { orderId } = ui.shop.add({ expiresAt });
    const { body } = await ui.app.request(`/orders/${orderId}/events`);
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let sent = "";
    while (!sent.includes("결제 시간이 지나 주문을 마감")) {
      const { value, done } = await reader.read();
      expect(done).toBe(false);
      sent += value ?? "";
    }
    await reader.cancel();
    if (sent.includes("결제를 기다리고 있습니다.")) return;
  }
  throw new Error("The stream never showed the order before its time was over");
}

test.each([
  ["READY", "EXPIRED", "결제된 금액 전액을 자동으로 환불합니다."],
  ["WAITING_FOR_DEPOSIT", "EXPIRED", "1,000원 전액을 자동으로 환불합니다."],
] as const)(
  "GET /orders/{orderId} shows the refunded amount only when it is certain: after %s",
  async (was, status, sentence) => {
    const ui = browse();
    const order = ui.shop.add({ status });
    const { virtualAccount } = snapshotOf(order, { status: was });
    const payment = snapshotOf(order, { status, refunding: true, virtualAccount });
    ui.shop.change(order.orderId, { payment });
    const { body } = await ui.get(`/orders/${order.orderId}`);
    expect(body).toContain(sentence);
  },
);

test("POST /orders/{orderId}/cancel is for the owner only", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const refused = await ui.post(`/orders/${orderId}/cancel`, {}, { session: "other" });
  expect(refused.status).toBe(404);
  expect(ui.shop.orders.get(orderId)?.status).toBe("PENDING");
  const done = await ui.post(`/orders/${orderId}/cancel`, {});
  expect(done.headers.get("location")).toBe(`/orders/${orderId}`);
  expect((await ui.get(`/orders/${orderId}`)).body).toContain("청구되지 않았습니다.");
});

test.each([
  ["conflict", "order_not_cancelable", "이미 결제되어 취소할 수 없는 주문입니다."],
  ["unavailable", "payment_unavailable", "지금은 취소할 수 없습니다. 주문은 그대로 있습니다."],
] as const)(
  "POST /orders/{orderId}/cancel shows the refusal %s %s",
  async (kind, code, sentence) => {
    const ui = browse();
    const { orderId } = ui.shop.add({});
    ui.shop.cancelRefusal = new AppError(kind, code, "No");
    const { body } = await ui.post(`/orders/${orderId}/cancel`, {});
    expect(body).toContain(sentence);
  },
);

test("GET /orders/{orderId} never says “not charged” after money came and was returned", async () => {
  const ui = browse();
  for (const status of ["EXPIRED", "CANCELED"] as const) {
    const order = ui.shop.add({ status });
    const { orderId } = order;
    ui.shop.change(orderId, { payment: snapshotOf(order, { status, returnedAmount: 1000 }) });
    const { body } = await ui.get(`/orders/${orderId}`);
    expect(body).toContain("모두 환불 처리됐습니다.");
    expect(body).toContain("카드 반영까지 3~4영업일");
    expect(body).not.toContain("청구되지 않았습니다.");
  }
});

test("GET /orders/{orderId} offers no further order while the outcome is open", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const more = async (status: "IN_PROGRESS" | "DONE", change = {}) => {
    const payment = snapshotOf(order, { status });
    ui.shop.change(order.orderId, { payment, ...change });
    const { body } = await ui.get(`/orders/${order.orderId}`);
    return body.includes("상품 더 보기");
  };
  expect(await more("IN_PROGRESS")).toBe(false);
  expect(await more("DONE")).toBe(false);
  expect(await more("DONE", { status: "CONFIRMED" })).toBe(true);
});

test("a browser that a link let in can see and pay, but sees no action of the owner", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const friend = { session: "friend" };
  await ui.get(`/orders/${orderId}?token=token-of-${orderId}`, friend);
  const { body } = await ui.get(`/orders/${orderId}`, friend);
  expect(body).toContain("kim@example.com");
  expect(body).toContain('id="pay"');
  expect(body).not.toContain(`/orders/${orderId}/cancel`);
  for (const path of ["cancel", "refund-account"]) {
    const answer = await ui.post(`/orders/${orderId}/${path}`, {}, friend);
    expect(answer.status).toBe(404);
  }
  expect(ui.shop.orders.get(orderId)?.status).toBe("PENDING");
});

test("POST /orders/{orderId}/refund-account accepts the owner's account, shows errors beside their fields, and never shows the account again", async () => {
  const ui = browse();
  const order = ui.shop.add({ status: "EXPIRED" });
  const needed = { status: "EXPIRED", refunding: true, refundAccountNeeded: true } as const;
  ui.shop.change(order.orderId, { payment: snapshotOf(order, needed) });
  const path = `/orders/${order.orderId}/refund-account`;
  const typed = { bank: "88", accountNumber: "110-123 456789", holderName: "김토스" };
  expect((await ui.post(path, typed, { session: "other" })).status).toBe(404);
  const faulty = await ui.post(path, { ...typed, bank: "ZZ", accountNumber: "12a" });
  expect(faulty.body).toContain('id="bank-error"');
  expect(faulty.body).toContain('id="accountNumber-error"');
  expect(faulty.body).not.toContain('id="holderName-error"');
  expect(faulty.body).toContain('value="12a"');
  const given: unknown[] = [];
  const { provideRefundAccount } = ui.shop.deps as {
    provideRefundAccount(this: void, command: never): Promise<OrderPage>;
  };
  Object.assign(ui.shop.deps, {
    provideRefundAccount: (command: unknown) => {
      given.push(command);
      return provideRefundAccount(command as never);
    },
  });
  const done = await ui.post(path, typed);
  expect(done.headers.get("location")).toBe(`/orders/${order.orderId}`);
  expect(given).toEqual([{ orderId: order.orderId, ...typed, accountNumber: "110123456789" }]);
  const { body } = await ui.get(`/orders/${order.orderId}`);
  expect(body).not.toContain('id="refund-account"');
});

test("an order whose refund the bank refused says that it is delayed, until that is resolved", async () => {
  const ui = browse();
  const order = ui.shop.add({ status: "REFUNDED", refundedAmount: 39_000 });
  const path = `/orders/${order.orderId}`;
  const seen: string[] = [];
  for (const refundDelayed of [true, false]) {
    const change = { status: "CANCELED", method: "가상계좌", refundDelayed } as const;
    ui.shop.change(order.orderId, { payment: snapshotOf(order, change) });
    const { body } = await ui.get(path);
    expect(body.includes("은행에서 환불금이 입금되지 않아 확인하고 있습니다.")).toBe(refundDelayed);
    expect(body.includes("계좌 입금까지 2영업일 걸립니다.")).toBe(!refundDelayed);
    expect(body.includes("환불금 입금이 지연되고 있습니다")).toBe(refundDelayed);
    seen.push(/data-seen="(\w+)"/.exec(body)?.[1] ?? "");
  }
  // an open page is redrawn
  expect(seen[0]).not.toBe(seen[1]);
});

test.each([
  ["unavailable", "payment_unavailable", "환불할 금액은 그대로 있습니다.", 200],
  ["conflict", "refund_account_not_needed", "", 303],
] as const)(
  "POST /orders/{orderId}/refund-account refused with %s %s",
  async (kind, code, sentence, status) => {
    const ui = browse();
    const { orderId } = ui.shop.add({ status: "EXPIRED" });
    Object.assign(ui.shop.deps, {
      provideRefundAccount: () => Promise.reject(new AppError(kind, code, "No")),
    });
    const answer = await ui.post(`/orders/${orderId}/refund-account`, {
      bank: "88",
      accountNumber: "1",
      holderName: "김",
    });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(sentence);
  },
);

test("GET /orders lists the orders of this browser", async () => {
  const ui = browse();
  const mine = ui.shop.add({});
  const theirs = ui.shop.add({}, "somebody");
  const { body } = await ui.get("/orders");
  expect(body).toContain(mine.orderId);
  expect(body).not.toContain(theirs.orderId);
  expect((await ui.get("/orders", { session: "nobody" })).body).toContain("아직 주문이 없습니다.");
});

test.each(["/orders/nothing-here", "/nowhere", "/orders/a/b/c"])(
  "GET %s is a 404 page",
  async (path) => {
    const { status, body } = await browse().get(path);
    expect(status).toBe(404);
    expect(body).toContain("<!doctype html>");
  },
);

test("an internal error shows a page that says not to pay again", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const seen: unknown[] = [];
  Object.assign(ui.shop.deps, {
    findOrder: () => Promise.reject(new Error("broken")),
    refusalOf: (thrown: unknown) => void seen.push(thrown),
  });
  const { status, body } = await ui.get(`/orders/${orderId}`);
  expect(status).toBe(500);
  expect(body).toContain("다시 결제하지 말고");
  expect(String(seen[0])).toContain("broken");
});
