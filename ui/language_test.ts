import { expect, test } from "bun:test";
import { browse } from "./testing/browse.ts";

test.each([
  ["ko-KR,ko;q=0.9,en;q=0.8", "ko"],
  ["en-US,en;q=0.9", "en"],
  ["fr, en;q=0.4, ko;q=0.3", "en"],
  ["fr", "ko"],
  ["", "ko"],
  ["en;q=0, ko;q=0.1", "ko"],
  ["en;q=x", "ko"],
])("pages follow Accept-Language %p in %s", async (language, expected) => {
  const { body } = await browse().get("/", { language });
  expect(body).toContain(`<html lang="${expected}">`);
});

test("POST /language remembers the choice, which outranks Accept-Language", async () => {
  const ui = browse();
  const { status, headers } = await ui.post("/language", { language: "en", back: "/orders?x=1" });
  expect(status).toBe(303);
  expect(headers.get("location")).toBe("/orders?x=1");
  expect(headers.get("set-cookie")).toContain("lang=en");
  const { body } = await ui.get("/", { cookie: "lang=en", language: "ko" });
  expect(body).toContain('<html lang="en">');
});

test.each([
  "//evil.example/",
  "https://evil.example/",
  "/\\evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
  "",
])("POST /language never redirects to another site: %p", async (back) => {
  const { headers } = await browse().post("/language", { language: "en", back });
  const target = new URL(headers.get("location") ?? "", "http://shop.example/");
  expect(target.origin).toBe("http://shop.example");
});

test("a fragment has its page's language after another tab has switched the language", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const korean = { cookie: "lang=ko" };
  const pages = ["/", `/orders/${orderId}`, `/success?${returnTo(orderId)}`];
  const bodies = [];
  for (const path of pages) bodies.push((await ui.get(path, korean)).body);
  const pieces = bodies.flatMap((body) =>
    [...body.matchAll(/(?:hx-get|hx-post|data-events|data-status)="([^"]+)"/g)].map(
      ([, address = ""]) => address.replaceAll("&amp;", "&"),
    ),
  );
  expect([...new Set(pieces.map((piece) => piece.split("?")[0]))].sort()).toEqual([
    "/orders",
    `/orders/${orderId}/events`,
    `/orders/${orderId}/status`,
    "/quote",
    "/success",
  ]);
  for (const piece of pieces)
    expect(new URLSearchParams(piece.split("?")[1]).get("lang")).toBe("ko");
  const english = { cookie: "lang=en", htmx: true };
  const quote = pieces.find((piece) => piece.startsWith("/quote"));
  const { body } = await ui.get(`${quote}&quantity.dev-tool=1`, english);
  expect(body).toContain("1,000원 결제하기");
  const status = await ui.get(`/orders/${orderId}/status?lang=ko`, english);
  expect(status.body).toContain("주문 상품");
  const faults = await ui.post("/orders?lang=ko", {}, english);
  expect(faults.body).toContain("이름을 입력해 주세요");
});

test("the language switch returns to the page without its language parameter", async () => {
  const { body } = await browse().get("/orders?lang=en&a=1");
  expect(body).toContain('<html lang="en">');
  expect(body).toContain('name="back" value="/orders?a=1"');
});

function returnTo(orderId: string): string {
  return String(new URLSearchParams({ orderId, paymentKey: "key-1", amount: "1000" }));
}

test("switching the language opens no payment window", async () => {
  const ui = browse();
  const { orderId } = ui.shop.add({});
  const { body } = await ui.get(`/orders/${orderId}?method=CARD&open=1`);
  expect(body).toContain(`name="back" value="/orders/${orderId}?method=CARD"`);
});
