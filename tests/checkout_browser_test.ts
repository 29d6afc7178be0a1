import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let browser: Browser;
let shopper: ReturnType<typeof shopperOf>;
const pageErrors: string[] = [];

beforeAll(async () => {
  // long enough to read the page before the first status query
  const payment = { RECONCILE_AFTER_MS: "2000" };
  [stack, browser] = await Promise.all([testStack({ payment }), launchBrowser()]);
  shopper = shopperOf(stack);
}, 600_000);
afterAll(async () => {
  await browser.close();
  await stack.close();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(pageErrors.splice(0)).toEqual([]);
});

const phone = {
  viewport: { width: 360, height: 780 },
  locale: "ko-KR",
  isMobile: true,
  hasTouch: true,
  userAgent:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
};
const desk = { viewport: { width: 1280, height: 900 }, locale: "ko-KR" };

async function visit(url: string, options: BrowserContextOptions = desk): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => pageErrors.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) pageErrors.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Fills in the order form and opens the payment window. */
async function order(page: Page, method?: string): Promise<void> {
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim@example.com");
  if (method) await page.getByText(method).click();
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "1,000원 결제하기" }).click();
}

/** The payment window: an overlay on a desktop, a full page on a phone. */
const tossWindow = (page: Page, options: BrowserContextOptions) =>
  options === phone ? page : page.frameLocator("#___tosspayments_iframe___");

async function approve(
  page: Page,
  options: BrowserContextOptions,
  outcome?: string,
): Promise<void> {
  const window = tossWindow(page, options);
  if (outcome) await window.getByLabel("승인 결과 선택").selectOption({ label: outcome });
  await window.getByRole("button", { name: /인증하고 결제하기|입금 계좌 발급받기/ }).click();
}

/** The shop's page with one item in the cart. */
const shop = () => `${stack.url}/?quantity.dev-tool=1`;

const says = (page: Page, text: string | RegExp) =>
  page.getByRole("heading", { level: 1, name: text }).waitFor();
const orderIdOf = (page: Page) => new URL(page.url()).pathname.split("/").at(-1) ?? "";

describe("a shopper in a browser", () => {
  test.each([
    ["on a phone", phone],
    ["on a desktop", desk],
  ])(
    "pays and sees the order confirmed, %s",
    async (_, options) => {
      const page = await visit(shop(), options);
      await order(page);
      await approve(page, options);
      await says(page, /결제가 완료되었습니다/);
      expect(new URL(page.url()).search).toBe("");
      expect(await shopper.heldByToss(orderIdOf(page))).toMatchObject([
        { approvals: 1, balanceAmount: 1000 },
      ]);
      await page.reload();
      await says(page, /결제가 완료되었습니다/);
      await page.goBack();
      await page.goForward();
      expect(await shopper.heldByToss(orderIdOf(page))).toMatchObject([{ approvals: 1 }]);
    },
    600_000,
  );

  test("sees that a declined card was not charged, and pays with another attempt", async () => {
    const page = await visit(shop());
    await order(page);
    await approve(page, desk, "거절 — 한도 초과 또는 잔액 부족");
    await says(page, /결제가 승인되지 않았습니다\. 돈은 빠져나가지 않았습니다/);
    await page.getByText("한도초과 혹은 잔액부족으로 결제에 실패했습니다").first().waitFor();
    await page.getByRole("button", { name: "다시 결제" }).click();
    await approve(page, desk);
    await says(page, /결제가 완료되었습니다/);
    const story = page.getByRole("region", { name: "진행 내역" });
    expect(await story.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringContaining("주문했습니다"),
      expect.stringContaining("결제를 시도했습니다"),
      expect.stringContaining("한도초과 혹은 잔액부족으로 결제에 실패했습니다"),
      expect.stringContaining("결제를 시도했습니다"),
      expect.stringMatching(/결제가 완료되었습니다\s+1,000원/),
    ]);
  }, 600_000);

  test("waits after a lost response, and sees the payment confirmed once", async () => {
    const page = await visit(shop());
    // without the webhook, which would settle the payment before the page is read
    await shopper.sandbox("/_sandbox/webhooks", { drop: true });
    await order(page);
    await approve(page, desk, "승인되지만 응답이 사라짐");
    await page.getByText("다시 결제하지 마세요").waitFor();
    await says(page, /결제가 완료되었습니다/);
    await shopper.sandbox("/_sandbox/webhooks", {});
    expect(await shopper.heldByToss(orderIdOf(page))).toMatchObject([{ approvals: 1 }]);
  }, 600_000);

  test("with a name that selects a decline is declined, in an English window", async () => {
    const page = await visit(shop(), { ...desk, locale: "en-US" });
    await page.getByLabel("Name").fill("sandbox:decline:INVALID_STOPPED_CARD Kim");
    await page.getByLabel("E-mail").fill("kim@example.com");
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: /Pay/ }).click();
    const window = tossWindow(page, desk);
    await page.getByTitle("Toss Payments test window").waitFor();
    await window.getByText("The name decides what happens.").waitFor();
    await window.getByRole("button", { name: "Authenticate and pay" }).click();
    await says(page, /not approved/i);
    const [held] = await shopper.heldByToss(orderIdOf(page));
    expect(held).toMatchObject({ status: "ABORTED", approvals: 0 });
    await page.goto(`${stack.sandboxUrl}/payments/${held?.paymentKey}`);
    await page.getByText("INVALID_STOPPED_CARD").first().waitFor();
  }, 600_000);

  test("closes the window, and can pay the unchanged order", async () => {
    const page = await visit(shop());
    await order(page);
    await tossWindow(page, desk).getByRole("button", { name: "닫기" }).click();
    await page.getByText("결제를 취소했습니다. 주문은 그대로 있습니다.").waitFor();
    await page.getByRole("button", { name: /결제하기$|다시 결제$/ }).click();
    await approve(page, desk);
    await says(page, /결제가 완료되었습니다/);
  }, 600_000);

  test("pays into a virtual account, and the open page shows the deposit", async () => {
    const page = await visit(shop(), phone);
    await order(page, "가상계좌");
    await approve(page, phone);
    await page
      .getByText(/X\d{8,}/)
      .first()
      .waitFor();
    const orderId = orderIdOf(page);
    const [held] = await shopper.heldByToss(orderId);
    await shopper.sandbox(`/_sandbox/payments/${held?.paymentKey}/deposit`, {});
    await says(page, /결제가 완료되었습니다/);
    expect((await shopper.get(orderId)).status).toBe("CONFIRMED");
  }, 600_000);

  test("returns from Toss in another browser, and the payment is confirmed there", async () => {
    const page = await visit(shop(), phone);
    await order(page);
    await page.getByRole("button", { name: "인증하고 결제하기" }).waitFor();
    const paymentKey = orderIdOf(page);
    const path = `/_sandbox/sessions/${paymentKey}/authenticate`;
    const back = (await shopper.sandbox(path, {})) as { redirectUrl: string };
    const other = await visit(back.redirectUrl, phone);
    await says(other, /결제가 완료되었습니다/);
    expect(other.url()).not.toContain("token");
  }, 600_000);

  test("orders without JavaScript, in English", async () => {
    const page = await visit(shop(), { ...desk, locale: "en-US", javaScriptEnabled: false });
    await page.getByLabel("Name").fill("Kim");
    await page.getByLabel("E-mail").fill("kim@example.com");
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: /Pay/ }).click();
    await page.waitForURL("**/orders/*");
    expect((await shopper.get(orderIdOf(page))).status).toBe("PENDING");
  }, 600_000);

  test("cancels an unpaid order", async () => {
    const page = await visit(shop());
    await order(page);
    await tossWindow(page, desk).getByRole("button", { name: "닫기" }).click();
    await page.getByText("주문 취소", { exact: true }).first().click();
    await page.getByRole("button", { name: "주문 취소하기" }).click();
    await says(page, /취소/);
    expect((await shopper.get(orderIdOf(page))).status).toBe("CANCELED");
  }, 600_000);
});
