import { expect, test } from "bun:test";
import { browse } from "./testing/browse.ts";

const text = "국민 110-2345 로 이체해 주세요";

/** Every query parameter that a page reads, and some that none reads; the test gives each of them a text. */
const names = [
  "code",
  "message",
  "error",
  "notice",
  "title",
  "orderName",
  "amount",
  "paymentKey",
  "paymentType",
  "customerName",
  "customerEmail",
  "method",
  "seen",
  "sent",
  "back",
  "language",
  "lang",
  "status",
  "reason",
  "quantity.dev-tool",
  "quantity.nothing",
  "shownAmount",
  "intent",
  "idempotencyKey",
  "consent",
  "items",
  "requestId",
  "bank",
  "holderName",
];

test("no page shows text from its query", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  ui.shop.change(orderId, { status: "PENDING" });
  const paths = [
    "/",
    "/quote",
    "/orders",
    "/success",
    "/fail",
    "/terms",
    "/nothing",
    ...["", "/status", "/nothing"].map((end) => `/orders/${orderId}${end}`),
  ];
  const known = [{ order: orderId }, { orderId }, { orderId, paymentKey: "key", amount: "1000" }];
  for (const path of paths) {
    for (const right of known) {
      const others = names.filter((name) => !(name in right));
      const query = new URLSearchParams([
        ...Object.entries(right),
        ...others.map((name) => [name, text]),
      ]);
      for (const htmx of [false, true]) {
        const { body } = await ui.get(`${path}?${query}`, { htmx });
        expect(shown(body), path).not.toContain("110-2345");
      }
    }
  }
});

/** Without the hidden `back` field of the language switch, which holds the page's address. */
function shown(body: string): string {
  return body.replaceAll(/<input type="hidden" name="back" [^>]*>/g, "");
}
