import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import type { OrderPage } from "../contract.ts";
import { browse } from "../testing/browse.ts";

const back = ({ orderId, amount }: OrderPage) => ({
  paymentKey: "tviva-1",
  orderId,
  amount: String(amount),
});
const addressOf = (order: OrderPage) =>
  `/success?${new URLSearchParams({ paymentType: "NORMAL", ...back(order) })}`;

test("GET /success confirms nothing, even when it is loaded twice", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const { body } = await ui.get(addressOf(order));
  await ui.get(addressOf(order));
  expect(ui.shop.confirms).toEqual([]);
  expect(body).toContain("결제를 확인하고 있습니다.");
  expect(body).toContain('hx-trigger="load, again, submit"');
  expect(body).toContain("결제 확인하기");
  expect(body).not.toContain('id="pay"');
});

test("GET /success in another browser redirects without the token and gives access to the order", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const other = { session: "safari" };
  const { status, headers } = await ui.get(
    `${addressOf(order)}&token=token-of-${order.orderId}`,
    other,
  );
  expect(status).toBe(303);
  expect(headers.get("location")).toBe(addressOf(order));
  expect((await ui.get(`/orders/${order.orderId}`, other)).body).toContain("kim@example.com");
});

test("POST /success responds to htmx with the paid order, and redirects a plain browser to it", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const quick = await ui.post("/success", back(order), { htmx: true });
  expect(quick.body).toContain(`data-address="/orders/${order.orderId}"`);
  expect(quick.body).toContain("결제가 완료되었습니다.");
  const plain = await ui.post("/success", back(order));
  expect(plain.headers.get("location")).toBe(`/orders/${order.orderId}`);
});

test("POST /success shows the approval before the order has it", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  Object.assign(ui.shop.deps, { findOrder: async () => order });
  const { body } = await ui.post("/success", back(order), { htmx: true });
  expect(body).toContain("결제가 승인되었습니다.");
  expect(body).not.toContain('id="pay"');
});

test("POST /success retries the confirm with back-off while the outcome is unknown, and offers no second payment", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  ui.shop.confirmAnswer = "IN_PROGRESS";
  const first = await ui.post("/success", { ...back(order), sent: "0" }, { htmx: true });
  expect(first.body).toContain("다시 결제하지 마세요.");
  expect(first.body).toContain("load delay:2s");
  const later = await ui.post("/success", { ...back(order), sent: "400" }, { htmx: true });
  expect(later.body).toContain("load delay:15s");
  expect(first.body + later.body).not.toContain('id="pay"');
  const plain = await ui.post("/success", back(order));
  expect(plain.body).toContain("결제 확인하기");
});

test("POST /success waits for Retry-After", async () => {
  const ui = browse();
  ui.shop.confirmAnswer = new AppError("unavailable", "payment_unavailable", "Away", {
    retryAfterSeconds: 7,
  });
  const { body } = await ui.post("/success", back(ui.shop.add({})), { htmx: true });
  expect(body).toContain("load delay:7s");
  expect(body).toContain("결제를 확인하고 있습니다.");
});

const declined = {
  extensions: { providerCode: "EXCEED_MAX", providerMessage: "한도를 <b>넘었습니다" },
};
test.each([
  ["declined", "payment_declined", declined, "한도를 &lt;b&gt;넘었습니다", true],
  [
    "invalid",
    "amount_mismatch",
    {},
    "결제 금액이 주문 금액과 다릅니다. 돈은 빠져나가지 않았습니다.",
    true,
  ],
  ["invalid", "order_mismatch", {}, "다른 주문의 결제입니다. 돈은 빠져나가지 않았습니다.", true],
  ["conflict", "order_already_paid", {}, "두 번 청구되지 않습니다.", false],
  ["conflict", "payment_in_progress", {}, "다시 결제하지 마세요.", false],
  ["conflict", "order_not_payable", {}, "이 주문으로 청구될 금액은 없습니다.", false],
  [
    "conflict",
    "order_not_payable",
    { extensions: { refunding: true } },
    "전액을 자동으로 환불합니다.",
    false,
  ],
  ["gone", "payment_session_expired", {}, "결제창의 시간이 지났습니다. 청구되지 않았습니다.", true],
] as const)(
  "POST /success refused with %s %s %p says %p (payable: %p)",
  async (kind, code, details, sentence, payable) => {
    const ui = browse();
    const order = ui.shop.add({});
    ui.shop.confirmAnswer = new AppError(kind, code, "No", details);
    for (const htmx of [true, false]) {
      let answer = await ui.post("/success", back(order), { htmx });
      if (answer.status === 303) answer = await ui.get(answer.headers.get("location") ?? "");
      if (htmx) expect(answer.body).toContain(sentence);
      if (htmx) expect(answer.body.includes('id="pay"')).toBe(payable);
      // the verdict shows the result, and no other notice contradicts it
      expect(answer.body.split('id="verdict"')).toHaveLength(2);
      expect(answer.body).not.toMatch(/class="notice[^>]*role="alert"(?! hidden)/);
      expect(answer.body).not.toContain("load delay");
    }
  },
);

test.each([
  "/success",
  "/success?orderId=x&paymentKey=y&amount=1",
  "/success?orderId=abcdefgh&paymentKey=k&amount=1e3",
])("GET %s approves nothing and says so", async (path) => {
  const { status, body } = await browse().get(path);
  expect(status).toBe(400);
  expect(body).toContain("돈은 빠져나가지 않았습니다.");
});

test("GET /success of an unknown order says that nothing was charged", async () => {
  const { status, body } = await browse().get(
    "/success?orderId=unknown-order&paymentKey=k&amount=1000",
  );
  expect(status).toBe(404);
  expect(body).toContain("청구되지 않았습니다.");
});

test("GET /fail of a cancelled payment finds the order, whose id Toss leaves out, and offers to pay it", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const { body } = await ui.get(`/fail?order=${orderId}&code=PAY_PROCESS_CANCELED&message=x`);
  expect(body).toMatch(/<h1[^>]*><span[^>]*>결제를 취소했습니다\.<.*주문은 그대로 있습니다\./);
  expect(body).not.toContain("결제를 기다리고");
  expect(body).toContain("1,000원 다시 결제");
  const paid = ui.shop.add({ status: "CONFIRMED" });
  const other = await ui.get(`/fail?order=${paid.orderId}&code=PAY_PROCESS_CANCELED`);
  expect(other.body).not.toContain("결제를 취소했습니다");
});

test("GET /fail shows the owner our own text for the code", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const path = `/fail?order=${orderId}&code=REJECT_CARD_COMPANY`;
  const own = await ui.get(path);
  expect(own.body).toContain("결제 승인이 거절되었습니다.");
  expect(own.body).toMatch(
    /결제가 승인되지 않았습니다\.<\/span> <span class="rest">돈은 빠져나가지 않았습니다\./,
  );
  const english = await ui.get(path, { language: "en" });
  expect(english.body).toContain("The card company refused the payment.");
  expect((await ui.get(path, { session: "other" })).body).not.toContain(
    "결제 승인이 거절되었습니다.",
  );
});

test.each(["NOBODY_KNOWS", "constructor", "국민 110-123 이체", ""])(
  "GET /fail with code %p shows the general reason",
  async (code) => {
    const ui = browse();
    const { orderId } = ui.shop.add({});
    const query = new URLSearchParams({ order: orderId, code });
    const { body } = await ui.get(`/fail?${query}`);
    expect(body).toContain("결제 진행 중 승인에 실패하여 결제가 중단되었습니다.");
  },
);

test("GET /fail of an order that has been paid since shows that it is paid", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({ status: "CONFIRMED" });
  const { body } = await ui.get(`/fail?order=${orderId}&code=REJECT_CARD_COMPANY`);
  expect(body).toContain("결제가 완료되었습니다.");
  expect(body).not.toContain("승인되지 않았습니다");
});

test("POST /success empties the cart only when it holds exactly the paid items", async () => {
  const ui = browse();
  const { orderId, amount } = ui.shop.add({});
  const back = { paymentKey: "key", orderId, amount: String(amount) };
  const bought = `cart=${encodeURIComponent("dev-tool=1")}`;
  const emptied = async (cookie: string) =>
    (await ui.post("/success", back, { cookie })).headers
      .getSetCookie()
      .some((set) => /^cart=;.*max-age=0/i.test(set));
  ui.shop.confirmAnswer = "IN_PROGRESS";
  expect(await emptied(bought)).toBe(false);
  ui.shop.confirmAnswer = "DONE";
  const chosenMeanwhile = `cart=${encodeURIComponent("keycaps=1")}`;
  expect(await emptied(chosenMeanwhile)).toBe(false);
  expect(await emptied(bought)).toBe(true);
});
