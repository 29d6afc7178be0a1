// A shop with keys of Toss's payment widget, in a browser; the sandbox's SDK renders the widget.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser } from "playwright-core";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  const tossKeys = { clientKey: "test_gck_sandbox", secretKey: "test_gsk_sandbox" };
  [stack, browser] = await Promise.all([testStack({ tossKeys }), launchBrowser()]);
}, 600_000);
afterAll(async () => {
  await browser.close();
  await stack.close();
});

test("an order is paid with the widget and refunded, without violating the content security policy", async () => {
  const pageErrors: string[] = [];
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "ko-KR",
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => pageErrors.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) pageErrors.push(message.text());
  });
  await page.goto(`${stack.url}/?quantity.dev-tool=1`);
  expect(await page.locator('input[name="method"]').count()).toBe(0);
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim@example.com");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "1,000원 결제하기" }).click();
  await page.getByLabel("[필수] 결제 서비스 이용약관 동의").waitFor();
  await page.locator("#toss-methods").getByText("계좌이체").click();
  await page.getByRole("button", { name: "1,000원 결제하기" }).click();
  const window = page.frameLocator("#___tosspayments_iframe___");
  await window.getByRole("button", { name: "인증하고 결제하기" }).click();
  await page.getByRole("heading", { level: 1, name: /결제가 완료되었습니다/ }).waitFor();
  const orderId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const shopper = shopperOf(stack);
  expect(await shopper.heldByToss(orderId)).toMatchObject([
    { method: "TRANSFER", approvals: 1, balanceAmount: 1000 },
  ]);
  expect((await shopper.refund(orderId, { reason: "변심" })).status).toBe(200);
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 0 }]);
  expect(pageErrors).toEqual([]);
}, 600_000);
