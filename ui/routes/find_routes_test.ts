import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { browse } from "../testing/browse.ts";

const other = { session: "other" };

test("POST /orders/find gives a browser access to an order by its number and e-mail, but not to its cancellation", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({ status: "CONFIRMED" });
  const given = { orderNumber: ` ${orderId} `, email: "kim@example.com" };
  const found = await ui.post("/orders/find", given, other);
  expect([found.status, found.headers.get("location")]).toEqual([303, `/orders/${orderId}`]);
  const { body } = await ui.get(`/orders/${orderId}`, other);
  expect(body).toContain("kim@example.com");
  expect(body).not.toContain(`/orders/${orderId}/cancel"`);
});

test("POST /orders/find responds the same for an unknown order and another address", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const pages = await Promise.all(
    [
      { orderNumber: orderId, email: "lee@example.com" },
      { orderNumber: "1127-K7P3", email: "lee@example.com" },
    ].map(async (given) => {
      const { status, body } = await ui.post("/orders/find", given, other);
      return { status, body: body.replaceAll(given.orderNumber, "NUMBER") };
    }),
  );
  expect(pages[0]).toEqual(pages[1] as never);
  expect(pages[0]?.status).toBe(404);
  expect(pages[0]?.body).toContain("주문을 찾지 못했습니다.");
});

test("POST /orders/find shows an error for each missing field, and responds 429 to too many searches", async () => {
  const ui = browse();
  const empty = await ui.post("/orders/find", { orderNumber: "", email: "kim" });
  expect(empty.status).toBe(422);
  expect(empty.body.match(/class="field-error"/g)).toHaveLength(2);
  ui.shop.cancelRefusal = new AppError("too_many", "rate_limited", "Too many", {
    retryAfterSeconds: 6,
  });
  const limited = await ui.post("/orders/find", { orderNumber: "x", email: "kim@example.com" });
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "6"]);
});

test("an order's page links to the shop's mail address with the order in the subject", async () => {
  const ui = browse();
  const { orderId, orderNumber } = ui.shop.add({});
  const { body } = await ui.get(`/orders/${orderId}`);
  expect(body).toContain(encodeURIComponent(`주문 ${orderNumber} 문의`));
  expect(body).toMatch(/href="mailto:[^"]+\?subject=/);
  expect(body).toMatch(/href="tel:\d+"/);
  expect((await ui.get("/")).body).toContain('href="/orders/find"');
});
