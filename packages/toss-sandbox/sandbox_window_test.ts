import { expect, test } from "bun:test";
import { type Json, openTestSandbox } from "./sandbox_fixture.ts";
import { windowMessages } from "./window_messages.ts";

const session = {
  clientKey: "test_ck_sandbox",
  method: "CARD",
  amount: { currency: "KRW", value: 1_000 },
  orderId: "order-0001",
  orderName: "책상",
};

async function opened(own = {}) {
  const toss = openTestSandbox();
  const order = await toss.open(own);
  const path = `/window/${order.paymentKey}`;
  const press = (choice: string, rest: Record<string, string> = {}, headers = {}) =>
    toss.sandbox.fetch(
      new Request(`http://sandbox.test${path}`, {
        method: "POST",
        headers,
        body: new URLSearchParams({ choice, ...rest }),
      }),
    );
  return { ...toss, order, press, page: () => toss.send(path) };
}

test("the window shows the order and a test notice", async () => {
  await using toss = await opened({ orderName: "<책상>" });
  const { status, text } = await toss.page();
  expect(status).toBe(200);
  for (const shown of [
    "<!doctype html>",
    windowMessages("ko").testNotice,
    "50,000원",
    "&lt;책상&gt;",
    "shop.test",
    "인증하고 결제하기",
    "승인 결과 선택",
    "결제 취소",
    "닫기",
  ]) {
    expect(text).toContain(shown);
  }
  expect(text).not.toContain("입금할 은행");
  expect(text).not.toMatch(/<style|style=|<script(?! src)| on\w+=/);
});

test("the window's CSP lets only the shop frame it and receive its form", async () => {
  await using toss = await opened();
  const policy = (await toss.page()).headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("form-action 'self' http://shop.test");
  expect(policy).toContain("frame-ancestors http://shop.test");
  expect(policy).not.toContain("unsafe");
});

test("approving redirects to the shop, and the chosen fault applies at confirm", async () => {
  await using toss = await opened();
  const reply = await toss.press("approve", { confirm: "decline:REJECT_CARD_COMPANY" });
  expect(reply.status).toBe(303);
  expect(reply.headers.get("location")).toStartWith("http://shop.test/success?");
  expect((await toss.confirm(toss.order)).json["code"]).toBe("REJECT_CARD_COMPANY");
});

test("the window accepts every choice that it offers", async () => {
  await using toss = await opened();
  const { text } = await toss.page();
  const values = [...text.matchAll(/<option value="([^"]*)"/g)].map((m) => m[1] ?? "");
  expect(values.length).toBeGreaterThan(8);
  for (const confirm of values) {
    const order = await toss.open();
    const reply = await toss.sandbox.fetch(
      new Request(`http://sandbox.test/window/${order.paymentKey}`, {
        method: "POST",
        body: new URLSearchParams({ choice: "approve", confirm }),
      }),
    );
    expect([confirm, reply.status]).toEqual([confirm, 303]);
  }
});

test("a virtual account is at the bank that the buyer chose", async () => {
  await using toss = await opened({ method: "VIRTUAL_ACCOUNT" });
  expect((await toss.page()).text).toContain("입금할 은행");
  await toss.press("approve", { bank: "88" });
  expect((await toss.confirm(toss.order)).json["virtualAccount"].bankCode).toBe("88");
});

test("declining, cancelling and closing redirect to failUrl", async () => {
  const codes = [];
  for (const choice of ["PAY_PROCESS_ABORTED", "REJECT_CARD_COMPANY", "cancel", "close"]) {
    await using toss = await opened();
    const reply = await toss.press(choice);
    const url = new URL(reply.headers.get("location") ?? "");
    codes.push(`${url.pathname} ${url.searchParams.get("code")}`);
  }
  expect(codes).toEqual([
    "/fail PAY_PROCESS_ABORTED",
    "/fail REJECT_CARD_COMPANY",
    "/fail PAY_PROCESS_CANCELED",
    "/fail PAY_PROCESS_CANCELED",
  ]);
});

test("inside the overlay, the script gets JSON instead of a redirect", async () => {
  await using toss = await opened();
  const reply = await toss.press("approve", {}, { accept: "application/json" });
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({
    redirectUrl: expect.stringContaining("http://shop.test/success?"),
  });
});

test("a closed window shows why, and links to successUrl while confirm is due", async () => {
  await using toss = await opened();
  await toss.press("approve");
  const authenticated = await toss.page();
  expect(authenticated.text).toContain("이미 인증한 결제입니다");
  expect(authenticated.text).toContain("http://shop.test/success?");
  await toss.confirm(toss.order);
  expect((await toss.page()).text).toContain("이미 끝난 결제입니다");
  expect((await toss.press("approve")).status).toBe(409);

  const late = await toss.open();
  toss.clock.now += 31 * 60_000;
  const expired = await toss.send(`/window/${late.paymentKey}`);
  expect(expired.text).toContain("결제 시간이 지났습니다");
  expect((await toss.send("/window/none")).status).toBe(404);
});

test("every closed window links to the shop's front page", async () => {
  const link = 'href="http://shop.test/" target="_top"';
  await using toss = openTestSandbox();
  const declined = await toss.authenticated({}, { fault: "decline" });
  await toss.confirm(declined);
  const canceled = await toss.paid();
  await toss.cancel(canceled);
  const account = await toss.authenticated({ method: "VIRTUAL_ACCOUNT" });
  await toss.confirm(account);
  const expired = await toss.open();
  const promised = await toss.open({ successUrl: undefined, failUrl: undefined });
  toss.clock.now += 31 * 60_000;
  const text = async ({ paymentKey }: Json) => (await toss.send(`/window/${paymentKey}`)).text;
  for (const order of [declined, canceled, account, expired]) {
    expect(await text(order)).toContain(link);
  }
  expect(await text(promised)).not.toContain('href="http');
});

test.each([
  [{ method: "CARD" }, "ko"],
  [{ method: "CARD", card: { language: "EN" } }, "en"],
  [{ method: "CARD", card: { language: "JA" } }, "en"],
  [{ method: "VIRTUAL_ACCOUNT" }, "ko"],
  [{ method: "CARD", amount: { currency: "USD", value: 10 } }, "en"],
  [{ method: "CARD", amount: { currency: "USD", value: 10 }, card: { language: "KO" } }, "ko"],
] as const)("the window of %j opens in %s and can be switched", async (session, language) => {
  await using toss = await opened(session);
  const approve = windowMessages(language).approve;
  const { text } = await toss.page();
  expect(text).toContain(`<html lang="${language}">`);
  if (session.method === "CARD") expect(text).toContain(approve);
  const other = language === "ko" ? "en" : "ko";
  const path = `/window/${toss.order.paymentKey}?lang=${other}`;
  expect((await toss.send(path)).text).toContain(`<html lang="${other}">`);
});

test("rejects a card.language that Toss does not have", async () => {
  await using toss = openTestSandbox();
  const card = { language: "FR" };
  const { status } = await toss.post("/_sandbox/sessions", { ...session, card });
  expect(status).toBe(400);
});

test("the checkout and receipt URLs show the payment", async () => {
  await using toss = openTestSandbox();
  const { json } = await toss.get(await toss.paid());
  for (const { url } of [json["checkout"], json["receipt"]]) {
    const { pathname, search } = new URL(url as string);
    const { status, text } = await toss.send(pathname + search);
    expect(status).toBe(200);
    expect(text).toContain("결제 완료");
  }
  expect((await toss.send("/receipt/redirection?transactionId=x")).status).toBe(404);
});

test("serves the static files and the fonts", async () => {
  await using toss = openTestSandbox();
  for (const [path, type] of [
    ["/v2/standard", "text/javascript"],
    ["/static/window.js", "text/javascript"],
    ["/static/window.css", "text/css"],
    ["/static/fonts/pretendardvariable-dynamic-subset.css", "text/css"],
  ] as const) {
    const { status, headers } = await toss.send(path);
    expect([path, status]).toEqual([path, 200]);
    expect(headers.get("content-type")).toStartWith(type);
  }
});
