// A refund request in browsers: the shopper's page, the operator's console and the mail.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser, Page } from "playwright-core";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let browser: Browser;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  [stack, browser] = await Promise.all([testStack(), launchBrowser()]);
  shopper = shopperOf(stack);
}, 600_000);
afterAll(async () => {
  await browser.close();
  await stack.close();
});

async function pageOf(width: number): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    locale: "ko-KR",
  });
  context.setDefaultTimeout(120_000);
  return await context.newPage();
}

test("a requested refund is granted in the console, and shown on the shopper's page and in a mail", async () => {
  const { orderId } = await shopper.pay([{ productId: "keycaps", quantity: 1 }]);
  const phone = await pageOf(360);
  const [name = "", value = ""] = shopper.sessionOf(orderId).Cookie.split(/=(.*)/s);
  await phone.context().addCookies([{ name, value, url: stack.url }]);
  await phone.goto(`${stack.url}/orders/${orderId}`);
  await phone.locator("#refund-request summary").click();
  await phone.getByLabel("사유", { exact: true }).selectOption("defective");
  await phone.getByLabel("자세한 내용").fill("스위치 한 개가 눌리지 않습니다");
  await phone.getByRole("button", { name: "요청 보내기" }).click();
  await phone.getByText("상점이 요청을 확인하고 있습니다.").waitFor();

  const desk = await pageOf(1280);
  await desk.goto(`${stack.url}/admin`);
  await desk.getByLabel("API 키").fill(stack.merchantKey);
  await desk.getByRole("button", { name: "로그인" }).click();
  await desk.getByRole("heading", { name: "취소·환불 요청이 있습니다" }).waitFor();
  await desk.getByRole("link", { name: "요청 열기" }).click();
  await desk.getByText("스위치 한 개가 눌리지 않습니다").first().waitFor();
  await desk.getByText("승인하고 환불").click();
  await desk.locator("#grant-amount").fill("9,000");
  await desk.locator("#grant-answer").fill("불편을 드려 죄송합니다");
  await desk.getByRole("button", { name: "환불하기" }).click();
  await desk.waitForURL(/done=granted/);

  // the shopper's page updates without a reload
  await phone.getByText("요청이 승인되어 환불 처리됐습니다.").waitFor();
  await phone.getByText("불편을 드려 죄송합니다").waitFor();
  await shopper.becomes(orderId, "PARTIALLY_REFUNDED");
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 30_000 }]);

  await desk.goto(`${stack.url}/admin/events/mails?orderId=${orderId}`);
  await desk.getByRole("link", { name: "취소·환불 요청이 승인되었습니다" }).click();
  await desk.getByText("환불 금액: 9,000원").waitFor();
  await desk.getByText("상점 답변: 불편을 드려 죄송합니다").waitFor();
  const [html] = await Promise.all([
    desk.waitForEvent("popup"),
    desk.getByRole("link", { name: /HTML로 보기/ }).click(),
  ]);
  await html.getByRole("heading", { name: "취소·환불 요청이 승인되었습니다" }).waitFor();
});
