import { expect, test } from "bun:test";
import { browse } from "../../testing/browse.ts";
import { sampleAdminOrder } from "../../testing/sample_admin.ts";
import { sampleRefundRequest } from "../../testing/sample_order.ts";

const operate = { operator: "operate" } as const;

function withRequest() {
  const ui = browse();
  const order = sampleAdminOrder(1, { refundRequest: sampleRefundRequest() });
  const { orderId } = ui.admin.add(order);
  return { ui, orderId, path: `/admin/orders/${orderId}` };
}

test("an operator grants a refund request: the whole balance by default, or a part", async () => {
  for (const [typed, amount] of [
    ["39000", 39_000],
    ["9,000원", 9000],
  ] as const) {
    const { ui, orderId, path } = withRequest();
    expect((await ui.get(path, operate)).body).toContain('value="39000"');
    const sent = await ui.post(`${path}/request/grant`, { amount: typed, reason: "" }, operate);
    expect([sent.status, sent.headers.get("location")]).toEqual([303, `${path}?done=granted`]);
    expect(ui.admin.changes).toEqual([
      ["grantRefund", orderId, { amount, answer: undefined, refundAccount: undefined }],
    ]);
  }
});

test("a payment that is refundable only in full is granted in full, not in part", async () => {
  const ui = browse();
  const { payment, ...rest } = sampleAdminOrder(1, { refundRequest: sampleRefundRequest() });
  const refundLimits = { wholeOnly: true, until: null };
  const order = { ...rest, payment: payment && { ...payment, method: "휴대폰", refundLimits } };
  const path = `/admin/orders/${ui.admin.add(order).orderId}/request/grant`;
  expect((await ui.post(path, { amount: "38999", reason: "" }, operate)).status).toBe(422);
  expect(ui.admin.changes).toEqual([]);
  expect((await ui.post(path, { amount: "39000", reason: "" }, operate)).status).toBe(303);
  expect(ui.admin.changes).toMatchObject([["grantRefund", order.orderId, { amount: 39_000 }]]);
});

test("an amount above the balance is rejected and stays in the form", async () => {
  const { ui, path } = withRequest();
  const { status, body } = await ui.post(`${path}/request/grant`, { amount: "39,001" }, operate);
  expect(status).toBe(422);
  expect(body).toContain('value="39,001"');
  expect(body).toContain("1원부터 39,000원까지의 금액을 숫자로 적어 주세요.");
  expect(ui.admin.changes).toEqual([]);
});

test("a refund request can be declined only with an answer", async () => {
  const { ui, orderId, path } = withRequest();
  expect((await ui.post(`${path}/request/decline`, { reason: " " }, operate)).status).toBe(422);
  await ui.post(`${path}/request/decline`, { reason: "개봉하셨습니다" }, operate);
  expect(ui.admin.changes).toEqual([["declineRefund", orderId, "개봉하셨습니다"]]);
});

test("a page that shows an earlier refund request decides nothing about the newer one", async () => {
  const { ui, path } = withRequest();
  const { requestedAt: request } = sampleRefundRequest();
  expect((await ui.get(path, operate)).body).toContain(`name="request" value="${request}"`);
  const earlier = { request: "2026-01-01T00:00:00.000Z", reason: "개봉하셨습니다" };
  for (const form of [{ ...earlier, amount: "9000" }, earlier]) {
    const action = "amount" in form ? "grant" : "decline";
    const { status, body } = await ui.post(`${path}/request/${action}`, form, operate);
    expect([status, body.includes("열려 있는 환불 요청이 없습니다")]).toEqual([409, true]);
  }
  expect(ui.admin.changes).toEqual([]);
  await ui.post(`${path}/request/decline`, { ...earlier, request }, operate);
  expect(ui.admin.changes.length).toBe(1);
});

test("the role read sees the request but no button", async () => {
  const { ui, path } = withRequest();
  const { body } = await ui.get(path, { operator: "read" });
  expect(body).toContain("스위치 한 개가 눌리지 않습니다.");
  expect(body).not.toContain("/request/grant");
});
