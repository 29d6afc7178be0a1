import { expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { eventually } from "@payflow/local-stack/testing";
import type { Page } from "playwright-core";
import { snapshotOf } from "./testing/sample_order.ts";
import { oneChosen, payButton, shopperForTests, verdict } from "./testing/shopper.ts";

setDefaultTimeout(600_000);

const shopper = shopperForTests();

test("an unknown outcome says not to pay again, and becomes confirmed by itself", async () => {
  shopper.ui.shop.confirmAnswer = "IN_PROGRESS";
  const page = await shopper.visitAsOwner(shopper.returned());
  await verdict(
    page,
    "결제 결과를 확인하고 있습니다. 다시 결제하지 마세요. 결과가 나오면 이 화면이 자동으로 바뀝니다.",
  );
  expect(await page.locator("#pay").count()).toBe(0);
  const order = shopper.onlyOrder();
  shopper.ui.shop.confirmAnswer = "DONE";
  shopper.ui.shop.change(order.orderId, {
    status: "CONFIRMED",
    payment: snapshotOf(order, { status: "DONE" }),
  });
  await verdict(page, "결제가 완료되었습니다. 1,000원을 결제했습니다.");
  await page.waitForURL(`${shopper.ui.url}/orders/${order.orderId}`);
}, 600_000);

test("the page retries the confirm while payment is down, and shows the result when payment is up again", async () => {
  shopper.ui.shop.confirmAnswer = new AppError("unavailable", "payment_unavailable", "Away", {
    retryAfterSeconds: 1,
  });
  const page = await shopper.visitAsOwner(shopper.returned());
  await page.locator("#confirm [name=sent][value='2']").waitFor({ state: "attached" });
  shopper.ui.shop.confirmAnswer = "DONE";
  await verdict(page, "결제가 완료되었습니다.");
}, 600_000);

test("a deposit is shown when it arrives, and the account can be copied", async () => {
  shopper.ui.shop.confirmAnswer = "WAITING_FOR_DEPOSIT";
  const page = await shopper.visitAsOwner(shopper.returned(), {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByRole("heading", { name: "입금할 계좌" }).waitFor();
  await page.getByRole("button", { name: "계좌번호 복사" }).click();
  await page.getByRole("button", { name: "복사했습니다" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("56211102893746");
  const order = shopper.onlyOrder();
  shopper.ui.shop.change(order.orderId, {
    status: "CONFIRMED",
    payment: snapshotOf(order, { status: "DONE" }),
  });
  await verdict(page, "결제가 완료되었습니다.");
}, 600_000);

test("a printed order shows what was paid and has no buttons", async () => {
  const page = await shopper.visitAsOwner(shopper.returned(), { colorScheme: "dark" });
  await verdict(page, "결제가 완료되었습니다.");
  await page.emulateMedia({ media: "print" });
  await verdict(page, "1,000원을 결제했습니다.");
  await page.getByText("주문번호").waitFor();
  const pressable = page.locator("main :is(a, button, input)");
  expect(await pressable.filter({ visible: true }).count()).toBe(0);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(paper).toBe("rgb(255, 255, 255)");
}, 600_000);

test("the page polls when it loses its event stream", async () => {
  shopper.ui.eventsFail = true;
  const page = await shopper.visitAsOwner(shopper.added());
  await payButton(page).waitFor();
  shopper.ui.shop.change(shopper.onlyOrder().orderId, { status: "EXPIRED" });
  await verdict(page, "결제 시간이 지났습니다. 청구되지 않았습니다.");
  expect(shopper.ui.requests).toContain(`GET /orders/${shopper.onlyOrder().orderId}/status`);
  await page.getByRole("link", { name: "다시 주문" }).click();
  await page.getByRole("button", { name: "1,000원 결제하기" }).waitFor();
}, 600_000);

test("a change from outside keeps the focus and the open confirmation", async () => {
  const page = await shopper.visitAsOwner(shopper.added());
  const transfer = page.getByRole("radio", { name: "계좌이체" });
  await transfer.check();
  await page.getByText("주문 취소", { exact: true }).click();
  const confirm = page.getByRole("button", { name: "주문 취소하기" });
  await confirm.focus();
  // Screen readers announce only changes inside an element that already exists.
  const spoken = await page.locator("#verdict-text").elementHandle();
  const order = shopper.onlyOrder();
  const failure = { code: "X", message: "카드사 점검 중입니다." };
  shopper.ui.shop.change(order.orderId, { payment: snapshotOf(order, { failure }) });
  await page.getByText("카드사 점검 중입니다.").first().waitFor();
  expect(await confirm.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await spoken?.getAttribute("aria-live")).toBe("polite");
  expect(await page.title()).toBe("승인 거절 · PayFlow 상점");
  expect(await spoken?.textContent()).toContain("결제가 승인되지 않았습니다.");
  expect(await spoken?.evaluate((element) => element.isConnected)).toBe(true);
  expect(await transfer.isChecked()).toBe(true);
  await confirm.click();
  await verdict(page, "주문을 취소했습니다. 청구되지 않았습니다.");
}, 600_000);

/** Another page in the same browser context, like a link opened in a new tab. */
async function openTab(page: Page, path: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(shopper.ui.url + path);
  return tab;
}

const streamsOf = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.length;
  });

test("seven order pages open in one browser leave the shop its connections, and all of them stay current", async () => {
  const paths = Array.from({ length: 7 }, () => shopper.added());
  const [first = "", ...rest] = paths;
  const tabs = [await shopper.visitAsOwner(first)];
  for (const path of rest) tabs.push(await openTab(tabs[0]!, path));
  const shop = await openTab(tabs[0]!, oneChosen);
  await shop.getByRole("button", { name: "무각 키캡 세트 하나 더하기" }).click();
  await shop.getByRole("button", { name: "40,000원 결제하기" }).waitFor();
  expect(await streamsOf(shop)).toBe(3);
  for (const { orderId } of shopper.ui.shop.orders.values())
    shopper.ui.shop.change(orderId, { status: "EXPIRED" });
  for (const tab of tabs) await verdict(tab, "결제 시간이 지났습니다. 청구되지 않았습니다.");
}, 600_000);

test("a hidden page has no stream, and catches up when it is visible again", async () => {
  const path = shopper.added();
  const page = await shopper.visitAsOwner(path);
  await payButton(page).waitFor();
  const show = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { get: () => value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await eventually(async () => expect(await streamsOf(page)).toBe(1));
  await show(true);
  await eventually(async () => expect(await streamsOf(page)).toBe(0));
  const before = shopper.ui.requests.length;
  const order = shopper.onlyOrder();
  shopper.ui.shop.change(order.orderId, { status: "EXPIRED" });
  expect(await page.title()).toStartWith("결제 대기");
  expect(shopper.ui.requests.length).toBe(before);
  await show(false);
  await verdict(page, "결제 시간이 지났습니다. 청구되지 않았습니다.");
  expect(shopper.ui.requests.slice(before)).toContain(`GET ${path}/events`);
}, 600_000);

test("a page that was opened in the background opens no stream", async () => {
  const page = await shopper.visit(oneChosen);
  await page.context().addInitScript(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
  });
  const path = shopper.added();
  const tab = await openTab(page, path);
  await tab.getByText("결제를 기다리고 있습니다.").waitFor();
  expect(await streamsOf(tab)).toBe(0);
  expect(shopper.ui.requests).not.toContain(`GET ${path}/events`);
}, 600_000);

test("the page polls when the server ends its stream for other requests", async () => {
  shopper.ui.shop.streamsFull = true;
  const page = await shopper.visitAsOwner(shopper.added());
  await payButton(page).waitFor();
  const order = shopper.onlyOrder();
  shopper.ui.shop.change(order.orderId, { status: "EXPIRED" });
  await verdict(page, "결제 시간이 지났습니다. 청구되지 않았습니다.");
  const opened = shopper.ui.requests.filter((path) => path.endsWith("/events"));
  expect(opened).toHaveLength(1);
}, 600_000);
