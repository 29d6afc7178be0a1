import { expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { inWindow, payButton, shopperForTests, tossRequests, verdict } from "./testing/shopper.ts";

setDefaultTimeout(600_000);

const shopper = shopperForTests();

test("closing the window says that the order is kept, and the window can be opened again", async () => {
  const page = await shopper.visitAsOwner(shopper.added());
  await payButton(page).click();
  await inWindow(page, "close").click();
  await verdict(page, "결제를 취소했습니다. 주문은 그대로 있습니다.");
  expect(await page.locator("#verdict, .notice:visible").count()).toBe(1);
  await payButton(page).click();
  await inWindow(page, "cancel").click();
  await page.waitForURL(/\/fail\?/);
  expect(page.url()).not.toContain("token");
  await verdict(page, "결제를 취소했습니다. 주문은 그대로 있습니다.");
  expect(await page.locator("#verdict, .notice:visible").count()).toBe(1);
  await page.getByRole("button", { name: "1,000원 다시 결제" }).click();
  await inWindow(page, "decline").click();
  await verdict(page, "결제가 승인되지 않았습니다. 돈은 빠져나가지 않았습니다.");
  // by the code: anyone can make up the message in the address
  await page.getByText("결제 승인이 거절되었습니다.").waitFor();
  expect(await page.getByText("한도를 초과했습니다.").count()).toBe(0);
}, 600_000);

test("returning in another browser shows the paid order, and the address loses its token", async () => {
  const page = await shopper.visitAsOwner(shopper.added());
  await payButton(page).click();
  await inWindow(page, "approve").waitFor();
  const { successUrl } = (await tossRequests(page))[0] as never as {
    successUrl: string;
  };
  const { orderId } = shopper.onlyOrder();
  const back = new URL(successUrl);
  back.searchParams.append("orderId", orderId);
  back.searchParams.append("paymentKey", "tviva-other");
  back.searchParams.append("amount", "1000");
  const other = await shopper.visit(back.href.slice(shopper.ui.url.length));
  await verdict(other, "결제가 완료되었습니다.");
  await other.getByText("kim@example.com").waitFor();
  expect(other.url()).toBe(`${shopper.ui.url}/orders/${orderId}`);
}, 600_000);

test("a declined confirm is shown, and the shopper can pay again on the same page", async () => {
  shopper.ui.shop.confirmAnswer = new AppError("declined", "payment_declined", "No", {
    extensions: { providerCode: "REJECT_CARD_PAYMENT", providerMessage: "잔액이 부족합니다." },
  });
  const page = await shopper.visitAsOwner(shopper.added());
  await payButton(page).click();
  await inWindow(page, "approve").click();
  await verdict(page, "결제가 승인되지 않았습니다. 돈은 빠져나가지 않았습니다.");
  await page.getByText("잔액이 부족합니다.").waitFor();
  shopper.ui.shop.confirmAnswer = "DONE";
  await page.getByRole("button", { name: "1,000원 다시 결제" }).click();
  await inWindow(page, "approve").click();
  await verdict(page, "결제가 완료되었습니다.");
}, 600_000);

test("a reload or going back after payment charges nothing more", async () => {
  const page = await shopper.visitAsOwner(shopper.returned());
  await verdict(page, "결제가 완료되었습니다.");
  await page.reload();
  await verdict(page, "결제가 완료되었습니다.");
  await page.goto(`${shopper.ui.url}/`);
  await page.goBack();
  await verdict(page, "결제가 완료되었습니다.");
  expect(new Set(shopper.ui.shop.confirms).size).toBe(1);
}, 600_000);

test.each(["sdkFails", "sdkHangs"] as const)(
  "when %s, the page says so and offers a retry",
  async (fault) => {
    shopper.ui[fault] = true;
    const page = await shopper.visitAsOwner(shopper.added());
    await payButton(page).click();
    await page.getByText("결제창을 불러오지 못했습니다. 돈은 빠져나가지 않았습니다.").waitFor();
    shopper.ui[fault] = false;
    await page.getByRole("button", { name: "다시 시도" }).click();
    await inWindow(page, "close").waitFor();
  },
  600_000,
);
