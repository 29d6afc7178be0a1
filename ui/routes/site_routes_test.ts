import { expect, test } from "bun:test";
import { browse } from "../testing/browse.ts";

const tagsOf = (body: string) =>
  Object.fromEntries(
    [...body.matchAll(/<meta property="([^"]+)" content="([^"]*)"/g)].map(([, name, text]) => [
      name,
      text,
    ]),
  );

test("a link to a product has a preview with the product's name, price and an existing PNG", async () => {
  const ui = browse();
  const tags = tagsOf((await ui.get("/?quantity.keycaps=2")).body);
  expect(tags).toMatchObject({
    "og:type": "product",
    "og:title": "무각 키캡 세트 · PayFlow 상점",
    "og:description": "39,000원 · PBT, 104키",
    "og:url": "http://localhost:8080/?quantity.keycaps=1",
    "product:price:amount": "39000",
    "product:price:currency": "KRW",
  });
  const image = new URL(tags["og:image"] ?? "");
  const { status, headers } = await ui.app.request(image.pathname);
  expect([status, headers.get("content-type")]).toEqual([200, "image/png"]);
});

test("a link to the shop has a preview of the shop, and orders' pages have none", async () => {
  const ui = browse();
  const tags = tagsOf((await ui.get("/", { language: "en" })).body);
  expect(tags).toMatchObject({ "og:type": "website", "og:title": "PayFlow shop" });
  expect(tags["product:price:amount"]).toBeUndefined();
  const { orderId } = ui.shop.add({});
  expect(tagsOf((await ui.get(`/orders/${orderId}`)).body)).toEqual({});
});

test("the manifest has the shop's name and existing icons, one of them maskable", async () => {
  const ui = browse();
  const { body, headers } = await ui.get("/manifest.webmanifest");
  expect(headers.get("content-type")).toStartWith("application/manifest+json");
  const { name, icons } = JSON.parse(body) as {
    name: string;
    icons: { src: string; purpose: string }[];
  };
  expect(name).toBe("PayFlow 상점");
  expect(icons.map(({ purpose }) => purpose)).toContain("maskable");
  for (const { src } of icons) expect((await ui.app.request(src)).status).toBe(200);
});

test("robots.txt keeps search engines from orders", async () => {
  const { body, headers } = await browse().get("/robots.txt");
  expect(headers.get("content-type")).toStartWith("text/plain");
  expect(body).toStartWith("User-agent: *\nDisallow: /orders\n");
});

test("English pages show products' English names, unless the order has another name", async () => {
  const ui = browse();
  const english = { language: "en" };
  expect((await ui.get("/?quantity.keycaps=1", english)).body).toContain("Blank keycap set");
  const item = { productId: "keycaps", unitPrice: 39_000, quantity: 1 };
  const order = ui.shop.add({ items: [{ ...item, name: "무각 키캡 세트" }] });
  const path = `/orders/${order.orderId}`;
  expect((await ui.get(path, english)).body).toContain("Blank keycap set");
  expect((await ui.get("/orders", english)).body).toContain("Blank keycap set");
  expect((await ui.get(path)).body).not.toContain("Blank");
  ui.shop.change(order.orderId, { items: [{ ...item, name: "키캡" }] });
  expect((await ui.get(path, english)).body).not.toContain("Blank");
});

test("the footer links to the shop's entry at the Fair Trade Commission", async () => {
  const { body } = await browse().get("/");
  expect(body).toContain('href="https://www.ftc.go.kr/bizCommPop.do?wrkr_no=0000000000"');
});
