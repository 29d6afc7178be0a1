import { expect, test } from "bun:test";
import { browse } from "../testing/browse.ts";
import { snapshotOf } from "../testing/sample_order.ts";

const failure = {
  code: "REJECT_CARD_PAYMENT",
  message: "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
};

test("the order's page shows its owner the timeline, newest last", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { failure }) });
  const { body } = await ui.get(`/orders/${order.orderId}`);
  const list = /<ol class="timeline">.*<\/ol>/s.exec(body)?.[0] ?? "";
  const lines = ["주문했습니다", "1,000원", "결제를 시도했습니다"];
  lines.push("결제가 승인되지 않았습니다", failure.message);
  const places = lines.map((line) => list.indexOf(line));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(list).toContain('<time datetime="2026-11-22T03:00:00.000Z">11월 22일 오후 12:00</time>');
  expect(list.match(/<li/g)).toHaveLength(3);
  expect(body).not.toContain("한국 시간");
  const english = await ui.get(`/orders/${order.orderId}`, { language: "en" });
  expect(english.body).toContain("All times are in Korea time.");
});

test("only the owner gets the timeline, on the page, by status and by events", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({ status: "CANCELED" });
  const other = { session: "other" };
  for (const path of ["", "/status", "/events"]) {
    const answer = await ui.get(`/orders/${orderId}${path}`, other);
    expect(answer.body).toContain("주문을 취소했습니다.");
    expect(answer.body).not.toContain("timeline");
    const own = await ui.get(`/orders/${orderId}${path}`);
    expect(own.body).toContain('<ol class="timeline">');
  }
});

test("an English page gives Toss's reason in English when its code is known", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const path = `/orders/${order.orderId}`;
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { failure }) });
  const known = await ui.get(path, { language: "en" });
  expect(known.body).not.toContain(failure.message);
  const english = "The card&#39;s limit was exceeded or its balance was too low.";
  expect(known.body.split(english)).toHaveLength(3);
  const rare = { code: "RARE", message: "드문 일입니다." };
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { failure: rare }) });
  expect((await ui.get(path, { language: "en" })).body).toContain(rare.message);
});

test("a change is sent with its timeline, which is not read while the page would look the same", async () => {
  const ui = browse();
  const order = ui.shop.add({});
  const path = `/orders/${order.orderId}`;
  const seen = /data-seen="(\w+)"/.exec((await ui.get(path)).body)?.[1];
  const deps = { ...ui.shop.deps };
  const read: string[] = [];
  Object.assign(ui.shop.deps, {
    listTimeline: (shown: Parameters<typeof deps.listTimeline>[0]) => {
      read.push(shown.orderId);
      return deps.listTimeline(shown);
    },
  });
  expect((await ui.get(`${path}/status?seen=${seen}`)).status).toBe(204);
  expect(read).toEqual([]);
  ui.shop.change(order.orderId, { status: "CANCELED" });
  const changed = await ui.get(`${path}/status?seen=${seen}`);
  expect(changed.body).toMatch(/<li[^>]*>\s*<p class="what"><span>주문을 취소/);
  expect(read).toEqual([order.orderId]);
});
