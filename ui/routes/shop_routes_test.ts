import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { browse, type RequestOptions } from "../testing/browse.ts";

const filled = {
  "quantity.dev-tool": "1",
  "quantity.keycaps": "0",
  customerName: "김토스",
  customerEmail: "kim@example.com",
  method: "CARD",
  consent: "yes",
  shownAmount: "1000",
  idempotencyKey: "key-1",
};

test("a shop with a widget key shows no methods of its own, neither in the shop nor on an order's page", async () => {
  const widget = browse({ clientKey: "live_gck_abc" });
  const { body } = await widget.get("/");
  expect(body).not.toContain('name="method"');
  expect((await browse().get("/")).body).toContain('name="method"');
  const order = await widget.get(`/orders/${widget.shop.add({}).orderId}`);
  expect(order.body).toContain('id="toss-widget"');
  expect(order.body).not.toContain('name="method"');
  const window = browse();
  const plain = await window.get(`/orders/${window.shop.add({}).orderId}`);
  expect(plain.body).not.toContain("toss-widget");
});

test("GET / shows the products with quantity 0, or 1 when there is only one product", async () => {
  const { body, headers } = await browse().get("/");
  expect(body).toContain("프리미엄 개발자 도구");
  expect(body).not.toMatch(/name="quantity[^>]*value="[1-9]/);
  expect(body).toContain("상품을 선택해 주세요");
  const only = { productId: "mug", name: "머그잔", unitPrice: 12_000, currency: "KRW" } as const;
  const shop = await browse({ products: [only] }).get("/");
  expect(shop.body).toContain("12,000원 결제하기");
  expect(headers.get("cache-control")).toContain("no-store");
});

test("GET / sets the input modes and autocomplete of its fields", async () => {
  const { body } = await browse().get("/");
  const input = (name: string) => new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(body)?.[0];
  expect(input("quantity.dev-tool")).toContain('inputmode="numeric"');
  expect(input("customerName")).toContain('autocomplete="name"');
  expect(input("customerEmail")).toContain('type="email"');
  expect(input("customerEmail")).toContain('inputmode="email"');
  expect(input("customerEmail")).toContain('autocomplete="email"');
});

test("GET / takes quantities from a link", async () => {
  const { body } = await browse().get("/?quantity.keycaps=2&quantity.nothing=3");
  expect(body).toContain('name="quantity.keycaps" value="2"');
  const typed = await browse().get("/?quantity.keycaps=010-1234");
  expect(typed.body).not.toContain('value="010-1234"');
  const known = await browse().get("/?quantity.keycaps=2");
  expect(known.body).toContain("78,000원 결제하기");
});

test("GET /quote computes the total on the server", async () => {
  const { body } = await browse().get("/quote?quantity.dev-tool=3&quantity.stickers=2", {
    htmx: true,
  });
  expect(body).toStartWith('<div id="quote">');
  expect(body).toContain("12,000원 결제하기");
  expect(body).toContain('name="shownAmount" value="12000"');
});

test.each(["0", "", "-1", "1.5", "100", "x", "1e1"])(
  "GET /quote of quantity %p has nothing to pay",
  async (quantity) => {
    const { body, status } = await browse().get(`/quote?quantity.dev-tool=${quantity}`);
    expect(status).toBe(200);
    expect(body).toContain("상품을 선택해 주세요");
    expect(body).toContain("disabled");
  },
);

test("POST /orders accepts a name and an e-mail up to the API's limits, and shows an error above them", async () => {
  const ui = browse();
  const longest = { ...filled, customerName: "가".repeat(100) };
  expect((await ui.post("/orders", longest)).status).toBe(303);
  const longer = { ...filled, customerName: "가".repeat(101) };
  expect((await ui.post("/orders", longer)).body).toContain('id="customerName-error"');
  const email = `${"k".repeat(90)}@example.com`;
  const { body } = await ui.post("/orders", { ...filled, customerEmail: email });
  expect(body).toContain('id="customerEmail-error"');
  expect(ui.shop.orders.size).toBe(1);
});

test("POST /orders redirects htmx to the order's page with open=1, and a plain browser without it", async () => {
  const ui = browse();
  const quick = await ui.post("/orders", filled, { htmx: true });
  expect(quick.headers.get("hx-redirect")).toMatch(/^\/orders\/[\w-]+\?method=CARD&open=1$/);
  const plain = await ui.post("/orders", filled);
  expect(plain.status).toBe(303);
  expect(`${plain.headers.get("location")}&open=1`).toBe(quick.headers.get("hx-redirect") ?? "");
  expect(ui.shop.orders.size).toBe(1);
});

test("POST /orders keeps the typed values and shows errors beside their fields", async () => {
  const ui = browse();
  const typed = {
    ...filled,
    customerName: " ",
    customerEmail: '"><b>kim',
    consent: "",
    method: "GOLD",
    "quantity.keycaps": "1x",
  };
  for (const htmx of [true, false]) {
    const { status, body } = await ui.post("/orders", typed, { htmx });
    expect(status).toBe(422);
    expect(body.startsWith("<!doctype html>")).toBe(!htmx);
    expect(body).toContain('value="&quot;&gt;&lt;b&gt;kim"');
    for (const field of [
      "customerName",
      "customerEmail",
      "method",
      "consent",
      "quantity.keycaps",
    ]) {
      expect(body).toContain(`id="${field}-error"`);
      expect(body).toMatch(new RegExp(`aria-describedby="${field}-error`));
    }
    expect(body).toContain('value="key-1"');
  }
  expect(ui.shop.orders.size).toBe(0);
});

test("POST /orders never orders for a total other than the one on the button", async () => {
  const ui = browse();
  const { status, body } = await ui.post("/orders", { ...filled, "quantity.dev-tool": "3" });
  expect(status).toBe(422);
  expect(body).toContain("합계가 3,000원으로 바뀌었습니다.");
  expect(body).toContain("3,000원 결제하기");
  expect(ui.shop.orders.size).toBe(0);
});

test("POST /orders with a key of another order gives the form a new key; other refusals keep the key", async () => {
  const ui = browse();
  await ui.post("/orders", filled);
  const reused = await ui.post("/orders", { ...filled, customerName: "이토스" });
  expect(reused.status).toBe(422);
  expect(reused.body).toContain("한 번 더 눌러 주세요");
  expect(reused.body).not.toContain('value="key-1"');
  const refusals = [
    ["invalid", "unknown_product", "판매가 끝난", 422],
    ["too_many", "rate_limited", "1분 뒤에", 429],
    ["unavailable", "overloaded", "지금은 주문할 수 없습니다", 503],
  ] as const;
  for (const [kind, code, sentence, pageStatus] of refusals) {
    ui.shop.placeRefusal = new AppError(kind, code, "No", { retryAfterSeconds: 7 });
    const page = await ui.post("/orders", filled);
    expect(page.status).toBe(pageStatus);
    expect(page.headers.get("retry-after")).toBe("7");
    const { status, body } = await ui.post("/orders", filled, { htmx: true });
    // htmx does not swap a response with status 5xx into the page
    expect(status).toBe(pageStatus === 503 ? 422 : pageStatus);
    expect(body).toContain(sentence);
    expect(body).toContain('value="key-1"');
  }
});

test("POST /orders shows the server's errors beside their fields", async () => {
  const ui = browse();
  ui.shop.placeRefusal = new AppError("invalid", "invalid_request", "No", {
    errors: [
      { path: "customerEmail", message: "bad" },
      { path: "items.0.quantity", message: "bad" },
    ],
  });
  const { body } = await ui.post("/orders", filled);
  expect(body).toContain('id="customerEmail-error"');
  expect(body).toContain('id="items-error"');
});

test("POST /orders without JavaScript can update the total only, and redirects to the shop with the typed values", async () => {
  const ui = browse();
  const { status, headers } = await ui.post("/orders", {
    ...filled,
    "quantity.dev-tool": "5",
    customerEmail: "kim",
    method: "TRANSFER",
    intent: "quote",
  });
  expect([status, headers.get("location")]).toEqual([303, "/"]);
  const kept = headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const { body } = await ui.get("/", { cookie: kept.join("; ") });
  expect(body).toContain("5,000원 결제하기");
  expect(body).toMatch(/name="customerName"[^>]*value="김토스"/);
  expect(body).toMatch(/name="customerEmail"[^>]*value="kim"/);
  expect(body).toMatch(/value="TRANSFER"[^>]*checked/);
  expect(body).toMatch(/name="consent"[^>]*checked/);
  expect(body).not.toContain("field-error");
  expect(ui.shop.orders.size).toBe(0);
});

test("POST /orders responds 413 to a body larger than any form of the shop", async () => {
  const { status, body } = await browse().post("/orders", { customerName: "x".repeat(70_000) });
  expect(status).toBe(413);
  expect(body).toContain("요청을 처리할 수 없습니다");
});

test.each([
  ["o'brien@my--shop.com", "o'brien@my--shop.com"],
  ["kim@도메인.한국", "kim@xn--hq1bm8jm9l.xn--3e0b707e"],
])("POST /orders takes the address %s", async (typed, kept) => {
  const ui = browse();
  const customerName = "각".normalize("NFD").repeat(100);
  const fields = { ...filled, customerName, customerEmail: typed };
  expect((await ui.post("/orders", fields)).status).toBe(303);
  const [order] = ui.shop.orders.values();
  expect(order?.customerEmail).toBe(kept);
  expect(order?.customerName).toBe("각".repeat(100));
});

test.each(["김\u202e토스", "김\u001b[31m", "\u200b"])(
  "POST /orders refuses the name %j",
  async (customerName) => {
    const ui = browse();
    const { status, body } = await ui.post("/orders", { ...filled, customerName });
    expect(status).toBe(422);
    expect(body).toContain("이름을 입력해 주세요");
    expect(ui.shop.orders.size).toBe(0);
  },
);

/** The cart's cookie after this response. */
const cartOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith("cart="))
    ?.split(";")[0];

test("GET / shows the cart that was chosen, also after a restart of the shop, and a link's quantities replace it", async () => {
  const chosen = await browse().get(
    "/quote?quantity.dev-tool=1&quantity.keycaps=1&quantity.stickers=0",
    { htmx: true },
  );
  const cookie = cartOf(chosen.headers) ?? "";
  const shows = async (path: string, options: RequestOptions = { cookie }) =>
    (await browse().get(path, options)).body;
  expect(await shows("/")).toContain("40,000원 결제하기");
  expect(await shows("/")).toContain('name="quantity.stickers" value="0"');
  const other = await shows("/", { cookie: `${cookie}; lang=en` });
  expect(other).toContain("Pay ₩40,000");
  const link = await browse().get("/?quantity.keycaps=2", { cookie });
  expect(link.body).toContain("78,000원 결제하기");
  expect(link.body).toContain('name="back" value="/"');
  const after = cartOf(link.headers) ?? "";
  expect(await shows("/", { cookie: after })).toContain("78,000원 결제하기");
  // the cookie of an empty cart is not the same as no cookie
  const none = await browse().get("/quote?quantity.dev-tool=0", { htmx: true });
  const empty = cartOf(none.headers) ?? "";
  expect(await shows("/", { cookie: empty })).toContain("상품을 선택해 주세요");
});

test("without JavaScript each submit saves the cart", async () => {
  for (const intent of ["quote", "order"]) {
    const typed = { ...filled, "quantity.keycaps": "2", intent };
    const { headers } = await browse().post("/orders", typed);
    const cookie = cartOf(headers) ?? "";
    const { body } = await browse().get("/", { cookie });
    expect(body).toContain("79,000원 결제하기");
  }
});

test.each(["cart=%", "cart=%25%25&=&", "cart==1&dev-tool", `cart=${"a".repeat(4_000)}`])(
  "GET / accepts a malformed cart cookie: %p",
  async (cookie) => {
    const { status } = await browse().get("/", { cookie });
    expect(status).toBe(200);
  },
);

test("a product that is no longer sold is named, and the rest can be ordered", async () => {
  const ui = browse({ formerNames: { mug: "머그잔" } });
  const cookie = `cart=${encodeURIComponent("mug=1&keycaps=1&<b>=1")}`;
  const page = await ui.get("/", { cookie });
  const sentence = "판매가 끝나 합계에서 뺐습니다: 머그잔, 이름을 알 수 없는 상품";
  expect(page.body).toContain(sentence);
  expect(page.body).toContain("39,000원 결제하기");
  const fields = { "quantity.mug": "1", "quantity.keycaps": "1" };
  const quote = await ui.get(`/quote?${new URLSearchParams(fields)}`);
  expect(quote.body).toContain("합계에서 뺐습니다: 머그잔");
  expect(quote.body).toContain('name="shownAmount" value="39000"');
  // a page that was opened before reports it on submit, before anything is ordered
  const { "quantity.dev-tool": _, ...rest } = filled;
  const typed = { ...rest, ...fields, shownAmount: "39000" };
  const refused = await ui.post("/orders", typed);
  expect(refused.status).toBe(422);
  expect(refused.body).toContain("합계에서 뺐습니다: 머그잔");
  expect(refused.body).not.toContain("quantity.mug");
  expect(ui.shop.orders.size).toBe(0);
  const { "quantity.mug": __, ...again } = typed;
  expect((await ui.post("/orders", again)).status).toBe(303);
});

test("an invalid quantity is reported with its product, and the rest has a total", async () => {
  const { body } = await browse().get("/quote?quantity.dev-tool=100&quantity.keycaps=1");
  expect(body).toContain("수량을 읽을 수 없어 합계에서 뺐습니다: 프리미엄 개발자 도구");
  expect(body).toContain("39,000원 결제하기");
});

test("more products than one order takes are reported, and the first fifty have a total", async () => {
  const products = Array.from({ length: 55 }, (_, n) => ({
    productId: `p${n}`,
    name: `상품 ${n}`,
    unitPrice: 1000,
    currency: "KRW" as const,
  }));
  const fields = Object.fromEntries(
    products.map(({ productId }) => [`quantity.${productId}`, "1"]),
  );
  const ui = browse({ products });
  const { body } = await ui.get(`/quote?${new URLSearchParams(fields)}`);
  expect(body).toContain(
    "한 번에 50가지까지 주문할 수 있어 합계에서 뺐습니다: 상품 50, 상품 51, 상품 52 외 2가지",
  );
  expect(body).toContain("50,000원 결제하기");
  const { "quantity.dev-tool": _, "quantity.keycaps": __, ...rest } = filled;
  const typed = { ...rest, ...fields, shownAmount: "50000" };
  const refused = await ui.post("/orders", typed);
  expect(refused.status).toBe(422);
  expect(refused.body).toContain("한 번에 50가지까지 주문할 수 있습니다.");
  expect(ui.shop.orders.size).toBe(0);
});
