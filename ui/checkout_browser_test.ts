import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  test,
} from "bun:test";
import { AppError } from "@payflow/shared";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "playwright-core";
import { launchBrowser } from "./testing/browser.ts";
import { snapshotOf } from "./testing/fake_shop.ts";
import { serveUi, type ServedUi } from "./testing/serve_ui.ts";

let browser: Browser;
let ui: ServedUi;
let contexts: BrowserContext[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser.close());
beforeEach(() => {
  ui = serveUi();
  complaints.length = 0;
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  await ui.stop();
  expect(complaints).toEqual([]);
});

async function visit(
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 780 },
    locale: "ko-KR",
    ...options,
  });
  contexts.push(context);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(ui.url + path);
  return page;
}

async function fill(page: Page): Promise<void> {
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim@example.com");
  await page.getByRole("checkbox").check();
}

const payButton = (page: Page) =>
  page.getByRole("button", { name: /결제하기$|다시 결제$|다시 시도$/ });
const inWindow = (page: Page, name: string) =>
  page.locator("#toss-window").getByRole("button", { name });
const sentence = (page: Page, text: string) =>
  page.getByRole("heading", { level: 1, name: text }).waitFor();
const onlyOrder = () => {
  expect(ui.shop.orders.size).toBe(1);
  return [...ui.shop.orders.values()][0]!;
};
type TossRequest = {
  method: string;
  amount: { value: number };
  card?: object;
  virtualAccount?: object;
};
const requests = (page: Page): Promise<TossRequest[]> =>
  page.evaluate(
    () =>
      (window as never as { fakeTossRequests?: TossRequest[] })
        .fakeTossRequests ?? [],
  );

test("choosing, ordering and paying leads to a confirmed order, live, in one go", async () => {
  const page = await visit("/");
  await page
    .getByRole("button", { name: "무각 키캡 세트 하나 더하기" })
    .click();
  await page.getByRole("button", { name: "40,000원 결제하기" }).waitFor();
  await fill(page);
  await payButton(page).click();
  await inWindow(page, "approve").waitFor();
  expect(await requests(page)).toMatchObject([
    {
      method: "CARD",
      amount: { currency: "KRW", value: 40000 },
      customerKey: "@@ANONYMOUS",
      orderId: onlyOrder().orderId,
    },
  ] as never);
  expect(new URL(page.url()).hash).toBe("");
  await inWindow(page, "approve").click();
  await sentence(page, "주문이 확정되었습니다. 40,000원이 결제되었습니다.");
  expect(page.url()).toBe(`${ui.url}/orders/${onlyOrder().orderId}`);
  expect(await page.title()).toStartWith("결제 완료");
  expect(ui.shop.confirms).toHaveLength(1);
  ui.shop.change(onlyOrder().orderId, {
    status: "REFUNDED",
    refundedAmount: 40000,
  });
  await sentence(
    page,
    "결제한 돈을 모두 돌려드렸습니다. 돌려드린 금액은 40,000원입니다.",
  );
}, 30_000);

test("the keyboard alone is enough", async () => {
  const page = await visit("/");
  const tabTo = async (locator: ReturnType<Page["locator"]>) => {
    for (let presses = 0; presses < 60; presses++) {
      if (
        await locator.evaluate((element) => element === document.activeElement)
      )
        return;
      await page.keyboard.press("Tab");
    }
    throw new Error("The Tab key never gets there");
  };
  await tabTo(
    page.getByRole("button", { name: "프리미엄 개발자 도구 하나 더하기" }),
  );
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
  expect(await requests(page)).toMatchObject([
    { method: "VIRTUAL_ACCOUNT", virtualAccount: { validHours: 24 } },
  ]);
}, 30_000);

test("an easy pay goes straight to its own window", async () => {
  const page = await visit("/");
  await fill(page);
  await page.getByText("카카오페이").click();
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  expect(await requests(page)).toMatchObject([
    { method: "CARD", card: { flowMode: "DIRECT", easyPay: "KAKAOPAY" } },
  ]);
}, 30_000);

test("faults are told beside their fields, the first one has the focus, and what was typed stays", async () => {
  const page = await visit("/");
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim");
  await payButton(page).click();
  await page.getByText("이메일 주소를 확인해 주세요.").waitFor();
  const email = page.getByLabel("이메일");
  expect(
    await email.evaluate((element) => element === document.activeElement),
  ).toBe(true);
  expect(await email.getAttribute("aria-describedby")).toContain(
    "customerEmail-error",
  );
  expect(await page.getByLabel("이름").inputValue()).toBe("김토스");
  await fill(page);
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  onlyOrder();
}, 30_000);

test("a double click, and coming back to press again, place one order", async () => {
  const page = await visit("/");
  await fill(page);
  await payButton(page).dblclick();
  await inWindow(page, "close").waitFor();
  const first = page.url();
  await page.goBack();
  await payButton(page).waitFor();
  await page.goForward();
  await payButton(page).waitFor();
  expect(page.url()).toBe(first);
  onlyOrder();
}, 30_000);

test("the window opens once: neither reloading nor coming back opens it again", async () => {
  const page = await visit("/");
  await fill(page);
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  await page.reload();
  await payButton(page).waitFor();
  await page.goto(`${ui.url}/orders`);
  await page.goBack();
  await payButton(page).waitFor();
  expect(await page.locator("#toss-window").count()).toBe(0);
}, 30_000);

test("closing the window says that the order is kept, and it can be opened again", async () => {
  const page = await visit(`/orders/${await owned()}`, await asOwner());
  await payButton(page).click();
  await inWindow(page, "close").click();
  await page
    .getByText("결제를 취소했습니다. 주문은 그대로 있습니다.")
    .waitFor();
  await payButton(page).click();
  await inWindow(page, "cancel").click();
  await page.waitForURL(/\/fail\?/);
  expect(page.url()).not.toContain("token");
  await page
    .getByText("결제를 취소했습니다. 주문은 그대로 있습니다.")
    .waitFor();
  await page.getByRole("button", { name: "1,000원 다시 결제" }).click();
  await inWindow(page, "decline").click();
  await sentence(
    page,
    "결제가 승인되지 않았습니다. 돈은 빠져나가지 않았습니다.",
  );
  await page.getByText("한도를 초과했습니다.").waitFor();
}, 30_000);

test("coming back in another browser shows the paid order, without the token in the address", async () => {
  const page = await visit(`/orders/${await owned()}`, await asOwner());
  await payButton(page).click();
  await inWindow(page, "approve").waitFor();
  const { successUrl } = (await requests(page))[0] as never as {
    successUrl: string;
  };
  const { orderId } = onlyOrder();
  const back = new URL(successUrl);
  back.searchParams.append("orderId", orderId);
  back.searchParams.append("paymentKey", "tviva-other");
  back.searchParams.append("amount", "1000");
  const other = await visit(back.href.slice(ui.url.length));
  await sentence(other, "주문이 확정되었습니다.");
  await other.getByText("kim@example.com").waitFor();
  expect(other.url()).toBe(`${ui.url}/orders/${orderId}`);
}, 30_000);

test("a decline at the confirmation says so and pays again from the same page", async () => {
  ui.shop.confirmAnswer = new AppError("declined", "payment_declined", "No", {
    extensions: {
      providerCode: "REJECT_CARD_PAYMENT",
      providerMessage: "잔액이 부족합니다.",
    },
  });
  const page = await visit(`/orders/${await owned()}`, await asOwner());
  await payButton(page).click();
  await inWindow(page, "approve").click();
  await sentence(
    page,
    "결제가 승인되지 않았습니다. 돈은 빠져나가지 않았습니다.",
  );
  await page.getByText("잔액이 부족합니다.").waitFor();
  ui.shop.confirmAnswer = "DONE";
  await page.getByRole("button", { name: "1,000원 다시 결제" }).click();
  await inWindow(page, "approve").click();
  await sentence(page, "주문이 확정되었습니다.");
}, 30_000);

test("an unknown end says not to pay again, and turns confirmed by itself", async () => {
  ui.shop.confirmAnswer = "IN_PROGRESS";
  const page = await visit(await returned(), await asOwner());
  await sentence(
    page,
    "카드사 응답을 확인하고 있습니다. 다시 결제하지 마세요. 이 화면은 자동으로 바뀝니다.",
  );
  expect(await page.locator("#pay").count()).toBe(0);
  const order = onlyOrder();
  ui.shop.confirmAnswer = "DONE";
  ui.shop.change(order.orderId, {
    status: "CONFIRMED",
    payment: snapshotOf(order, { status: "DONE" }),
  });
  await sentence(page, "주문이 확정되었습니다. 1,000원이 결제되었습니다.");
  await page.waitForURL(`${ui.url}/orders/${order.orderId}`);
}, 30_000);

test("while payment is away the page keeps asking, and ends when it is back", async () => {
  ui.shop.confirmAnswer = new AppError(
    "unavailable",
    "payment_unavailable",
    "Away",
    { retryAfterSeconds: 1 },
  );
  const page = await visit(await returned(), await asOwner());
  await page
    .locator("#confirm [name=asked][value='2']")
    .waitFor({ state: "attached" });
  ui.shop.confirmAnswer = "DONE";
  await sentence(page, "주문이 확정되었습니다.");
}, 30_000);

test("reloading and going back after paying charge nothing more", async () => {
  const page = await visit(await returned(), await asOwner());
  await sentence(page, "주문이 확정되었습니다.");
  await page.reload();
  await sentence(page, "주문이 확정되었습니다.");
  await page.goto(`${ui.url}/`);
  await page.goBack();
  await sentence(page, "주문이 확정되었습니다.");
  expect(new Set(ui.shop.confirms).size).toBe(1);
}, 30_000);

test("a deposit is shown when it arrives, and the account can be copied", async () => {
  ui.shop.confirmAnswer = "WAITING_FOR_DEPOSIT";
  const page = await visit(await returned(), {
    ...(await asOwner()),
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByRole("heading", { name: "입금할 계좌" }).waitFor();
  await page.getByRole("button", { name: "계좌 번호 복사" }).click();
  await page.getByRole("button", { name: "복사했습니다" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    "56211102893746",
  );
  const order = onlyOrder();
  ui.shop.change(order.orderId, {
    status: "CONFIRMED",
    payment: snapshotOf(order, { status: "DONE" }),
  });
  await sentence(page, "주문이 확정되었습니다.");
}, 30_000);

test.each(["sdkFails", "sdkHangs"] as const)(
  "when %s the page says so and tries again",
  async (fault) => {
    ui[fault] = true;
    const page = await visit(`/orders/${await owned()}`, await asOwner());
    await payButton(page).click();
    await page
      .getByText("결제창을 불러오지 못했습니다. 돈은 빠져나가지 않았습니다.")
      .waitFor();
    ui[fault] = false;
    await page.getByRole("button", { name: "다시 시도" }).click();
    await inWindow(page, "close").waitFor();
  },
  30_000,
);

test("when the stream of events is lost the page polls", async () => {
  ui.eventsFail = true;
  const page = await visit(`/orders/${await owned()}`, await asOwner());
  await payButton(page).waitFor();
  ui.shop.change(onlyOrder().orderId, { status: "EXPIRED" });
  await sentence(page, "결제 시간이 지났습니다. 청구되지 않았습니다.");
  expect(ui.requests).toContain(`GET /orders/${onlyOrder().orderId}/status`);
  await page.getByRole("link", { name: "다시 주문" }).click();
  await page.getByRole("button", { name: "1,000원 결제하기" }).waitFor();
}, 30_000);

test("a change elsewhere leaves the focus and the open question alone", async () => {
  const page = await visit(`/orders/${await owned()}`, await asOwner());
  const transfer = page.getByRole("radio", { name: "계좌이체" });
  await transfer.check();
  await page.getByText("주문 취소").click();
  const confirm = page.getByRole("button", { name: "네, 주문을 취소합니다" });
  await confirm.focus();
  const order = onlyOrder();
  const failure = { code: "X", message: "카드사 점검 중입니다." };
  ui.shop.change(order.orderId, { payment: snapshotOf(order, { failure }) });
  await page.getByText("카드사 점검 중입니다.").waitFor();
  expect(
    await confirm.evaluate((element) => element === document.activeElement),
  ).toBe(true);
  expect(await transfer.isChecked()).toBe(true);
  await confirm.click();
  await sentence(page, "주문을 취소했습니다. 청구되지 않았습니다.");
}, 30_000);

test("without JavaScript everything works but Toss's window, which is said", async () => {
  const page = await visit("/", { javaScriptEnabled: false });
  await page.getByLabel("프리미엄 개발자 도구 수량").fill("3");
  await fill(page);
  await page.getByRole("button", { name: "합계 다시 계산" }).click();
  await page.getByRole("button", { name: "3,000원 결제하기" }).click();
  const hint = page.locator("noscript .notice");
  await hint.waitFor();
  expect(await hint.textContent()).toContain(
    "결제창은 자바스크립트가 있어야 열립니다.",
  );
  const order = onlyOrder();
  expect(order.amount).toBe(3000);
  await page.goto(
    `${ui.url}/success?orderId=${order.orderId}&paymentKey=k1&amount=3000`,
  );
  await page.getByRole("button", { name: "결제 확인하기" }).click();
  await sentence(page, "주문이 확정되었습니다.");
  await page.getByRole("button", { name: "English" }).click();
  await sentence(page, "Your order is confirmed.");
}, 30_000);

test("a server that can't be reached is said, and the form stays as it was", async () => {
  const page = await visit("/");
  await fill(page);
  await page.route("**/orders", (route) => route.abort());
  await payButton(page).click();
  await page.getByText("서버에 닿지 못했습니다.").waitFor();
  await page.unroute("**/orders");
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  onlyOrder();
}, 30_000);

async function owned(): Promise<string> {
  return ui.shop.add({}).orderId;
}

async function returned(): Promise<string> {
  const { orderId, amount } = ui.shop.add({});
  return `/success?paymentType=NORMAL&orderId=${orderId}&paymentKey=tviva123&amount=${amount}`;
}

async function asOwner(): Promise<BrowserContextOptions> {
  const { hostname } = new URL(ui.url);
  const cookie = {
    name: "session",
    value: "tester",
    domain: hostname,
    path: "/",
    expires: -1,
  };
  return {
    storageState: {
      cookies: [{ ...cookie, httpOnly: true, secure: false, sameSite: "Lax" }],
      origins: [],
    },
  };
}
