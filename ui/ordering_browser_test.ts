import { expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  fillIn,
  inWindow,
  oneChosen,
  payButton,
  shopperForTests,
  tossRequests,
  verdict,
} from "./testing/shopper.ts";

setDefaultTimeout(600_000);

const shopper = shopperForTests();

test("choosing, ordering and paying leads to a confirmed order, and the page follows its changes", async () => {
  const page = await shopper.visit(oneChosen);
  await page.getByRole("button", { name: "무각 키캡 세트 하나 더하기" }).click();
  await page.getByRole("button", { name: "40,000원 결제하기" }).waitFor();
  await fillIn(page);
  await payButton(page).click();
  await inWindow(page, "approve").waitFor();
  expect(await tossRequests(page)).toMatchObject([
    {
      method: "CARD",
      amount: { currency: "KRW", value: 40000 },
      customerKey: "@@ANONYMOUS",
      orderId: shopper.onlyOrder().orderId,
    },
  ] as never);
  expect(new URL(page.url()).search).toBe("?method=CARD");
  await inWindow(page, "approve").click();
  await verdict(page, "결제가 완료되었습니다. 40,000원을 결제했습니다.");
  expect(page.url()).toBe(`${shopper.ui.url}/orders/${shopper.onlyOrder().orderId}`);
  expect(await page.title()).toStartWith("결제 완료");
  expect(shopper.ui.shop.confirms).toHaveLength(1);
  shopper.ui.shop.change(shopper.onlyOrder().orderId, {
    status: "REFUNDED",
    refundedAmount: 40000,
  });
  await verdict(
    page,
    "환불 처리됐습니다. 환불 금액은 40,000원입니다. 카드 반영까지 3~4영업일 걸립니다.",
  );
}, 600_000);

test("a shopper can order with the keyboard alone", async () => {
  const page = await shopper.visit(oneChosen);
  const tabTo = async (locator: ReturnType<Page["locator"]>) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error("The Tab key never gets there");
  };
  await tabTo(page.getByRole("button", { name: "프리미엄 개발자 도구 하나 더하기" }));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "2,000원 결제하기" }).waitFor();
  await tabTo(page.getByLabel("이름"));
  await page.keyboard.type("김토스");
  await tabTo(page.getByLabel("이메일"));
  await page.keyboard.type("kim@example.com");
  await tabTo(page.getByRole("radio", { name: "신용·체크카드" }));
  await page.keyboard.press("ArrowRight");
  await tabTo(page.getByRole("checkbox"));
  await page.keyboard.press("Space");
  await tabTo(payButton(page));
  await page.keyboard.press("Enter");
  await inWindow(page, "approve").waitFor();
  expect(await tossRequests(page)).toMatchObject([
    { method: "VIRTUAL_ACCOUNT", virtualAccount: { validHours: 24 } },
  ]);
}, 600_000);

test("an English page opens an English window", async () => {
  const page = await shopper.visit(oneChosen, { locale: "en-GB" });
  await page.getByLabel("Name").fill("Kim");
  await page.getByLabel("E-mail").fill("kim@example.com");
  await page.getByRole("checkbox").check();
  await page.locator(".pay-button").click();
  await inWindow(page, "close").waitFor();
  expect(await tossRequests(page)).toMatchObject([
    { method: "CARD", card: { flowMode: "DEFAULT", language: "EN" } },
  ]);
}, 600_000);

test("an easy pay opens its own window directly", async () => {
  const page = await shopper.visit(oneChosen);
  await fillIn(page);
  await page.getByText("카카오페이").click();
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  expect(await tossRequests(page)).toMatchObject([
    { method: "CARD", card: { flowMode: "DIRECT", easyPay: "KAKAOPAY" } },
  ]);
}, 600_000);

test("errors appear beside their fields, the first one gets the focus, and the input is kept", async () => {
  const page = await shopper.visit(oneChosen);
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim");
  await payButton(page).click();
  await page.getByText("이메일 주소를 확인해 주세요.").waitFor();
  const email = page.getByLabel("이메일");
  expect(await email.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await email.getAttribute("aria-describedby")).toContain("customerEmail-error");
  expect(await page.getByLabel("이름").inputValue()).toBe("김토스");
  await fillIn(page);
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  shopper.onlyOrder();
}, 600_000);

test("a double click, then going back and forward, place one order", async () => {
  const page = await shopper.visit(oneChosen);
  await fillIn(page);
  await payButton(page).dblclick();
  await inWindow(page, "close").waitFor();
  const first = page.url();
  await page.goBack();
  await payButton(page).waitFor();
  await page.goForward();
  await payButton(page).waitFor();
  expect(page.url()).toBe(first);
  shopper.onlyOrder();
}, 600_000);

test("the window opens once: neither a reload nor going back opens it again", async () => {
  const page = await shopper.visit(oneChosen);
  await fillIn(page);
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  await page.reload();
  await payButton(page).waitFor();
  await page.goto(`${shopper.ui.url}/orders`);
  await page.goBack();
  await payButton(page).waitFor();
  expect(await page.locator("#toss-window").count()).toBe(0);
}, 600_000);

test("without JavaScript everything works except Toss's window, and the page says so", async () => {
  const page = await shopper.visit(oneChosen, { javaScriptEnabled: false });
  await page.getByLabel("프리미엄 개발자 도구 수량").fill("3");
  await fillIn(page);
  await page.getByRole("button", { name: "합계 다시 계산" }).click();
  await page.getByRole("button", { name: "3,000원 결제하기" }).click();
  const notice = page.locator("noscript .notice");
  await notice.waitFor();
  expect(await notice.textContent()).toContain("결제창은 자바스크립트가 있어야 열립니다.");
  // The button would do nothing, so it is hidden.
  expect(await page.locator("#pay button").isVisible()).toBe(false);
  const order = shopper.onlyOrder();
  expect(order.amount).toBe(3000);
  await page.goto(`${shopper.ui.url}/success?orderId=${order.orderId}&paymentKey=k1&amount=3000`);
  // Nothing is approved without this click, so the page demands it.
  await page.locator("#confirm noscript").waitFor();
  await page.getByRole("button", { name: "결제 확인하기" }).click();
  await verdict(page, "결제가 완료되었습니다.");
  await page.getByRole("button", { name: "English" }).click();
  await verdict(page, "Payment complete.");
}, 600_000);

test("when the server is unreachable, the page says so and keeps the form", async () => {
  const page = await shopper.visit(oneChosen);
  await fillIn(page);
  await page.route("**/orders?*", (route) => route.abort());
  await payButton(page).click();
  await page.getByText("서버에 연결하지 못했습니다.").waitFor();
  await page.unroute("**/orders?*");
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  shopper.onlyOrder();
}, 600_000);

test("the cart and the typed fields survive a document page, a reload, the orders, another language and a new tab", async () => {
  const page = await shopper.visit(oneChosen);
  await page.getByRole("button", { name: "무각 키캡 세트 하나 더하기" }).click();
  const pays = (text = "40,000원 결제하기") => page.getByRole("button", { name: text }).waitFor();
  await pays();
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim@example.com");
  await page.getByRole("link", { name: "이용약관" }).first().click();
  await page.getByRole("heading", { level: 1, name: "이용약관" }).waitFor();
  await page.goBack();
  await pays();
  expect(await page.getByLabel("이름").inputValue()).toBe("김토스");
  expect(await page.getByLabel("이메일").inputValue()).toBe("kim@example.com");
  await page.reload();
  await pays();
  await page.getByRole("link", { name: "주문 내역" }).click();
  await page.getByRole("heading", { name: "주문 내역" }).waitFor();
  await page.getByRole("link", { name: "상품", exact: true }).click();
  await pays();
  await page.getByRole("button", { name: "English" }).click();
  await pays("Pay ₩40,000");
  await page.getByRole("button", { name: "한국어" }).click();
  await pays();
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await tab.getByRole("button", { name: "40,000원 결제하기" }).waitFor();
  await page.getByRole("checkbox").check();
  await payButton(page).click();
  await inWindow(page, "approve").click();
  await verdict(page, "결제가 완료되었습니다. 40,000원을 결제했습니다.");
  // a bought item leaves the cart
  await page.goto(shopper.ui.url);
  await pays("상품을 선택해 주세요");
}, 600_000);

test("the cart is kept without JavaScript", async () => {
  const page = await shopper.visit(oneChosen, { javaScriptEnabled: false });
  const pays = () => page.getByRole("button", { name: "40,000원 결제하기" }).waitFor();
  await page.getByLabel("무각 키캡 세트 수량").fill("1");
  await page.getByLabel("이름").fill("김토스");
  await page.getByRole("button", { name: "합계 다시 계산" }).click();
  await pays();
  await page.getByRole("link", { name: "이용약관" }).first().click();
  await page.getByRole("heading", { level: 1, name: "이용약관" }).waitFor();
  await page.goBack();
  await pays();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: "Pay ₩40,000" }).waitFor();
  await page.reload();
  expect(await page.getByLabel("Name").inputValue()).toBe("김토스");
  await page.getByRole("button", { name: "Pay ₩40,000" }).waitFor();
}, 600_000);

test("a change is kept though the shopper leaves before the total arrives, and replaces a link's quantities", async () => {
  const page = await shopper.visit("/?quantity.keycaps=2");
  await page.getByRole("button", { name: "78,000원 결제하기" }).waitFor();
  await page.route("**/quote?*", () => {});
  await page.getByRole("button", { name: "무각 키캡 세트 하나 빼기" }).click();
  await page.getByRole("link", { name: "개인정보처리방침" }).first().click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "39,000원 결제하기" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "39,000원 결제하기" }).waitFor();
}, 600_000);
