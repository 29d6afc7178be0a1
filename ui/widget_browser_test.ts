import { expect, setDefaultTimeout, test } from "bun:test";
import { inWindow, payButton, shopperForTests, tossRequests, verdict } from "./testing/shopper.ts";

setDefaultTimeout(600_000);

const shopper = shopperForTests({ clientKey: "test_gck_sandbox" });

test("with a widget key Toss draws methods and terms into the page, and the payment uses the shopper's choice there", async () => {
  const page = await shopper.visitAsOwner(shopper.added());
  await page.getByLabel("필수 약관 동의").waitFor();
  await page.locator("#toss-methods").getByLabel("카드").waitFor();
  expect(await page.locator('input[name="method"]').count()).toBe(0);
  expect(await page.evaluate(() => Reflect.get(window, "fakeTossAmounts"))).toEqual([1000]);
  await payButton(page).click();
  await page.getByText("필수 약관에 동의해주세요.").waitFor();
  await page.getByLabel("필수 약관 동의").check();
  await payButton(page).click();
  await inWindow(page, "approve").waitFor();
  const [request] = await tossRequests(page);
  expect(request).toMatchObject({ clientKey: "test_gck_sandbox", amount: { value: 1000 } });
  expect(request).not.toHaveProperty("method");
  await inWindow(page, "approve").click();
  await verdict(page, "결제가 완료되었습니다.");
}, 600_000);

test("a changed amount is set before the payment is requested", async () => {
  const page = await shopper.visitAsOwner(shopper.added());
  await page.getByLabel("필수 약관 동의").check();
  await page.locator("#pay").evaluate((form) => form.setAttribute("data-amount", "900"));
  await payButton(page).click();
  await inWindow(page, "close").waitFor();
  expect(await page.evaluate(() => Reflect.get(window, "fakeTossAmounts"))).toEqual([1000, 900]);
}, 600_000);

test("with a widget key, an order's page does not open the payment by itself", async () => {
  const page = await shopper.visitAsOwner(`${shopper.added()}?open=1`);
  await page.getByLabel("필수 약관 동의").waitFor();
  expect(await tossRequests(page)).toEqual([]);
  expect(page.url()).not.toContain("open");
}, 600_000);

test("a widget that fails to load says so, and loads on retry", async () => {
  shopper.ui.sdkFails = true;
  const page = await shopper.visitAsOwner(shopper.added());
  await page.getByText("결제창을 불러오지 못했습니다. 돈은 빠져나가지 않았습니다.").waitFor();
  shopper.ui.sdkFails = false;
  await page.getByRole("button", { name: "다시 시도" }).click();
  await page.getByLabel("필수 약관 동의").waitFor();
  expect(await tossRequests(page)).toEqual([]);
}, 600_000);
