import { expect, test } from "bun:test";
import { browse } from "./testing/browse.ts";
import { pageScenes } from "./testing/scenes.ts";
import type { ServedUi } from "./testing/serve_ui.ts";

test.each([
  ["shop", "주문하기"],
  ["payable", "결제 대기"],
  ["declined", "승인 거절"],
  ["unknown", "확인 중"],
  ["awaiting_deposit", "입금 대기"],
  ["confirmed", "결제 완료"],
  ["partially_refunded", "부분 환불"],
  ["refunding", "환불 중"],
  ["canceled", "주문 취소"],
  ["expired", "시간 초과"],
  ["orders", "주문 내역"],
  ["fail_declined", "승인 거절"],
  ["fail_without_order", "주문을 찾을 수 없습니다"],
  ["bad_return", "결제 정보를 확인할 수 없습니다"],
  ["not_found", "페이지를 찾을 수 없습니다"],
  ["server_error", "일시적인 문제가 생겼습니다"],
])("the title of %s says its state: %s", async (name, title) => {
  const ui = browse();
  const scene = pageScenes.find((known) => known.name === name);
  const path = scene?.prepare({ shop: ui.shop } as ServedUi) ?? "";
  const { body } = await ui.get(path);
  expect(body).toContain(`<title>${title} · PayFlow 상점</title>`);
});

test("an order without items shows its name as the item", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({ orderName: "머그잔", items: [] });
  const { body } = await ui.get(`/orders/${orderId}`);
  expect(body).toContain("<li>머그잔</li>");
});
