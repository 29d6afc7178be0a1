import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { browse } from "../testing/browse.ts";
import { sampleRefundRequest, snapshotOf } from "../testing/sample_order.ts";

const kinds = { kind: "changed_mind", text: "색이 달라요\n바꾸고 싶어요" };

function withPaidOrder() {
  const ui = browse();
  const { orderId } = ui.shop.add({ status: "CONFIRMED" });
  const order = ui.shop.orders.get(orderId);
  if (order) ui.shop.change(orderId, { payment: snapshotOf(order, { status: "DONE" }) });
  return { ui, orderId, path: `/orders/${orderId}/refund-request` };
}

test("a refund can be requested on a paid order's page, with its text on one line, and withdrawn", async () => {
  const { ui, orderId, path } = withPaidOrder();
  expect((await ui.get(`/orders/${orderId}`)).body).toContain(`action="${path}"`);
  const sent = await ui.post(path, kinds);
  expect([sent.status, sent.headers.get("location")]).toEqual([303, `/orders/${orderId}`]);
  const { body } = await ui.get(`/orders/${orderId}`);
  expect(body).toContain("상점이 요청을 확인하고 있습니다.");
  expect(body).toContain("색이 달라요 바꾸고 싶어요");
  expect(body).not.toContain(`action="${path}"`);
  await ui.post(`${path}/withdraw`, {});
  const after = await ui.get(`/orders/${orderId}`);
  expect(after.body).toContain("요청을 철회했습니다.");
  expect(after.body).toContain(`action="${path}"`);
});

test("other browsers can neither see nor send a request, unless a link let them in", async () => {
  const { ui, orderId, path } = withPaidOrder();
  ui.shop.change(orderId, { refundRequest: sampleRefundRequest() });
  const other = { session: "other" };
  expect((await ui.get(`/orders/${orderId}`, other)).body).not.toContain("눌리지 않습니다");
  expect((await ui.post(path, kinds, other)).status).toBe(404);
  expect((await ui.post(`${path}/withdraw`, {}, other)).status).toBe(404);
  await ui.get(`/orders/${orderId}?token=token-of-${orderId}`, other);
  expect((await ui.post(path, kinds, other)).status).toBe(303);
});

test("the typed text stays when the reason is missing, and a refusal is shown", async () => {
  const { ui, path } = withPaidOrder();
  const missing = await ui.post(path, { kind: "", text: "빨리요" });
  expect(missing.body).toContain("사유를 선택해 주세요.</p>");
  expect(missing.body).toContain("빨리요</textarea>");
  ui.shop.cancelRefusal = new AppError("conflict", "refund_request_open", "Open");
  expect((await ui.post(path, kinds)).body).toContain("이미 보낸 요청을 상점이 확인하고 있습니다.");
});
