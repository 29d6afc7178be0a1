import { expect, test } from "bun:test";
import { browse } from "./testing/browse.ts";
import { snapshotOf } from "./testing/sample_order.ts";

function paid(method = "카드") {
  const ui = browse();
  const order = ui.shop.add({ status: "CONFIRMED" });
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { status: "DONE", method }) });
  return { ui, path: `/orders/${order.orderId}` };
}

test("a paid order shows its card, instalments and approval number, with the receipt's link above the items", async () => {
  const { ui, path } = paid();
  const { body } = await ui.get(path);
  expect(body).toContain("현대카드 ****123* · 일시불 · 승인번호 00000000");
  expect(body.indexOf("영수증 보기")).toBeGreaterThan(0);
  expect(body.indexOf("영수증 보기")).toBeLessThan(body.indexOf('id="items-title"'));
  const english = await ui.get(path, { language: "en" });
  expect(english.body).toContain("Hyundai Card ****123* · one payment · approval no. 00000000");
});

test("another browser does not see the card", async () => {
  const { ui, path } = paid();
  expect((await ui.get(path, { session: "other" })).body).not.toMatch(/123\*|00000000<|영수증/);
});

test("the method is shown without a card, also when the card cannot be read", async () => {
  const { ui, path } = paid("계좌이체");
  expect((await ui.get(path)).body).toContain("<p>계좌이체</p>");
  Object.assign(ui.shop.deps, { findPaidWith: async () => undefined });
  expect((await ui.get(path)).body).toContain("<p>계좌이체</p>");
});

test("the instalment plan and the card of an easy pay are shown", async () => {
  const { ui, path } = paid("간편결제");
  const card = { issuer: "11", number: null, installmentMonths: 3, approvalNumber: null };
  Object.assign(ui.shop.deps, { findPaidWith: async () => ({ method: "간편결제", card }) });
  expect((await ui.get(path)).body).toContain("간편결제 · 국민카드 · 3개월 할부");
  const free = { ...card, isInterestFree: true };
  Object.assign(ui.shop.deps, { findPaidWith: async () => ({ method: "간편결제", card: free }) });
  expect((await ui.get(path)).body).toContain("간편결제 · 국민카드 · 3개월 무이자");
});
