import { expect, test } from "bun:test";
import { openTestSandbox } from "../sandbox_fixture.ts";
import { look, press, waiting } from "./home_fixture.ts";

test("the home page lists payments, newest first, with order id, method, amount, status and balance", async () => {
  await using toss = openTestSandbox();
  const paid = await toss.paid({ orderName: "<책상>" });
  await toss.cancel(paid, { cancelAmount: 20_000 });
  await waiting(toss);
  const text = await look(toss, "/");
  for (const shown of ["order-1", "Card", "₩50,000", "Partly refunded", "Balance ₩30,000"]) {
    expect(text).toContain(shown);
  }
  expect(text.indexOf("order-2")).toBeLessThan(text.indexOf("order-1"));
  expect(text).toContain("&lt;책상&gt;");
});

test("a list page has twenty payments, and search finds an order id or a payment key", async () => {
  await using toss = openTestSandbox();
  const orders = [];
  for (let i = 0; i < 25; i++) orders.push(await toss.open());
  const first = await look(toss, "/");
  expect(first.match(/<li class="payment">/g)).toHaveLength(20);
  const [, older = ""] = /href="(\/\?before=\d+)"/.exec(first) ?? [];
  const second = await look(toss, older);
  expect(second.match(/<li class="payment">/g)).toHaveLength(5);
  expect(second).not.toContain('href="/?before=');
  for (const q of [orders[2]?.orderId, orders[2]?.paymentKey]) {
    const found = await look(toss, `/?q=${q}`);
    expect(found.match(/<li class="payment">/g)).toHaveLength(1);
    expect(found).toContain(">order-3</a>");
  }
  expect(await look(toss, "/?q=none")).toContain("There is no payment with this");
});

test("the link to the shop's mails has the host by which browsers reach this machine", async () => {
  await using toss = openTestSandbox({ webhookUrl: "http://127.0.0.1:8080/webhooks/toss" });
  expect(await look(toss, "/")).toContain('href="http://sandbox.test:8080/admin/events/mails"');
  await using remote = openTestSandbox({ webhookUrl: "https://shop.example/webhooks/toss" });
  expect(await look(remote, "/")).toContain('href="https://shop.example/admin/events/mails"');
});

test("no page has inline code or style, or loads from another site", async () => {
  await using toss = openTestSandbox();
  const { paymentKey } = await toss.paid();
  for (const path of [
    "/",
    `/payments/${paymentKey}`,
    "/webhooks",
    "/faults",
    "/settings",
    "/reset",
    "/payments/none",
  ]) {
    const { headers, text } = await toss.send(path);
    expect(text).not.toMatch(/<style|style=|<script(?! src)| on\w+=|="https?:(?!\/\/sandbox)/);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toStartWith("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

test("pages use the browser's preferred language or the chosen one", async () => {
  await using toss = openTestSandbox();
  expect(await look(toss, "/", "en-GB,ko;q=0.8")).toContain('<html lang="en">');
  expect(await look(toss, "/", "fr, ko;q=0.8, en;q=0.5")).toContain('<html lang="ko">');
  const switched = await press(toss, "/language", { fields: { language: "ko", back: "/faults" } });
  expect(switched.headers.get("location")).toBe("/faults");
  const cookie = switched.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { text } = await toss.send("/", { headers: { "accept-language": "en", cookie } });
  expect(text).toContain('<html lang="ko">');
});

test.each([
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
  [{ origin: "http://shop.test" }],
  [{ origin: "null" }],
])("a form of another site's page (%j) changes nothing", async (headers) => {
  await using toss = openTestSandbox();
  const { paymentKey } = await waiting(toss);
  const paths = [
    `/payments/${paymentKey}/deposit`,
    "/faults/preset",
    "/clock",
    "/reset",
    "/language",
  ];
  for (const path of paths) {
    const fields = { preset: "confirm.decline", advance: "600000", language: "ko" };
    const answer = await press(toss, path, { fields, headers });
    expect([path, answer.status, answer.headers.has("set-cookie")]).toEqual([path, 403, false]);
  }
  expect(await toss.audit()).toMatchObject([{ status: "WAITING_FOR_DEPOSIT" }]);
  expect((await toss.send("/_sandbox/faults")).json["faults"]).toEqual([]);
});

test("accepts forms of its own pages and of programs", async () => {
  await using toss = openTestSandbox();
  for (const headers of [
    { "sec-fetch-site": "same-origin" },
    { origin: "http://sandbox.test" },
    {},
  ]) {
    expect((await press(toss, "/clock", { fields: { advance: "0" }, headers })).status).toBe(303);
  }
});

test.each(["//evil.test/", "http://evil.test/", "/\\evil.test", "javascript:alert(1)"])(
  "a form never redirects to %s",
  async (back) => {
    await using toss = openTestSandbox();
    const answer = await press(toss, "/faults/clear", { fields: { back } });
    expect(answer.headers.get("location")).toMatch(/^\/(?![/\\])/);
  },
);

test("query parameters are escaped or not shown", async () => {
  await using toss = openTestSandbox();
  const evil = encodeURIComponent('"><script>alert(1)</script>');
  for (const path of [
    `/?q=${evil}`,
    `/faults?orderId=${evil}`,
    `/?done=${evil}`,
    `/payments/${evil}`,
    `/webhooks?before=${evil}`,
  ]) {
    expect(await look(toss, path)).not.toContain("<script>alert");
  }
  expect(await look(toss, "/?done=constructor")).not.toContain('class="notice" role="status">');
});
