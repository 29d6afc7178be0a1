import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser, Page } from "playwright-core";
import type { Json } from "../sandbox_fixture.ts";
import { desk, type Home, openHome } from "../testing/open_home.ts";

setDefaultTimeout(600_000);

let browser: Browser;
let home: Home;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(() => {
  home = openHome(browser);
});
afterEach(() => home.close());

const statusOf = async (order: Json) => (await home.toss.get(order)).json["status"] as string;
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

test("a new payment appears without a reload, and one click makes its deposit", async () => {
  const page = await home.visit("/");
  await says(page, "아직 결제가 없습니다");
  const order = await home.waiting();
  await page.getByRole("link", { name: order.orderId }).waitFor();
  await button(page, /입금됨/).click();
  await says(page, "입금되었습니다.");
  await says(page, "결제 완료");
  expect(await statusOf(order)).toBe("DONE");
});

test("without JavaScript the list reloads itself, and a deposit can be made and reversed", async () => {
  const order = await home.waiting();
  const page = await home.visit("/", { ...desk, javaScriptEnabled: false });
  expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(1);
  await page.getByRole("link", { name: order.orderId }).click();
  await button(page, "입금됨").click();
  await says(page, "입금되었습니다.");
  await button(page, "입금 취소됨").click();
  await says(page, "입금이 취소되었습니다.");
  expect(await statusOf(order)).toBe("WAITING_FOR_DEPOSIT");
});

test("a deposit is refunded by hand in two parts, and the page shows both", async () => {
  const order = await home.waiting();
  await home.toss.post(`/_sandbox/payments/${order.paymentKey}/deposit`);
  const page = await home.visit(`/payments/${order.paymentKey}`);
  for (const amount of ["20000", ""]) {
    await page.getByLabel("금액").fill(amount);
    await page.getByLabel("환불받을 은행").selectOption("신한은행");
    await page.getByLabel("계좌번호").fill("110-123-456789");
    await button(page, "직접 환불").click();
    await says(page, "환불했습니다.");
    if (amount !== "") await says(page, "30,000원");
  }
  await says(page, "끝난 결제라서");
  const transactions = page.getByRole("region", { name: "거래" });
  expect(await transactions.getByRole("listitem").count()).toBe(4);
  expect(await home.toss.audit()).toMatchObject([{ balanceAmount: 0, cancels: 2 }]);
});

test("typed text stays while the page updates", async () => {
  const order = await home.toss.paid();
  const page = await home.visit(`/payments/${order.paymentKey}`);
  await page.getByLabel("금액").fill("123");
  await home.toss.cancel(order, { cancelAmount: 10_000 });
  await says(page, "40,000원");
  expect(await page.getByLabel("금액").inputValue()).toBe("123");
});

test("rejected input stays while the page updates", async () => {
  const order = await home.toss.paid();
  const page = await home.visit(`/payments/${order.paymentKey}`);
  await page.locator("#cancelAmount").evaluate((field) => field.removeAttribute("max"));
  await page.getByLabel("금액").fill("60000");
  await button(page, "직접 환불").click();
  await says(page, "취소 할 수 없는 금액 입니다.");
  await home.toss.cancel(order, { cancelAmount: 10_000 });
  await says(page, "40,000원");
  expect(await page.getByLabel("금액").inputValue()).toBe("60000");
});

test("a webhook shows its body and the last response, and can be resent", async () => {
  const order = await home.toss.paid();
  const page = await home.visit(`/payments/${order.paymentKey}`);
  await says(page, /1번 보냄 · 마지막 응답 500/);
  await page.getByText("본문 (DONE)").click();
  await says(page, '"eventType": "PAYMENT_STATUS_CHANGED"');
  await button(page, /다시 보내기/).click();
  await says(page, "다시 보냅니다.");
  await says(page, /마지막 응답 200/);
  expect(home.received[1]).toBe(home.received[0] as string);
});

test("the drop switch suppresses webhooks until it is reset", async () => {
  const page = await home.visit("/webhooks");
  await page.getByLabel("보내지 않기").check();
  await button(page, "저장").click();
  await says(page, "웹훅 설정을 바꿨습니다.");
  await home.toss.paid();
  await says(page, "보내지 않음");
  await button(page, "평소대로").click();
  expect(await page.getByLabel("보내지 않기").isChecked()).toBe(false);
  expect(home.received).toEqual([]);
});

test("faults can be added by button and by form, and cleared", async () => {
  const order = await home.toss.authenticated();
  const page = await home.visit(`/payments/${order.paymentKey}`);
  await page.getByRole("link", { name: "이 주문에 장애 추가" }).click();
  expect(await page.getByLabel("이 주문번호만").inputValue()).toBe(order.orderId);
  await page.getByLabel("오류 코드").fill("PROVIDER_ERROR");
  await page.getByLabel("장애", { exact: true }).selectOption("처리되지 않고 오류로 응답");
  await button(page, "추가").click();
  await says(page, "승인: 처리되지 않고 오류로 응답 (PROVIDER_ERROR)");
  await says(page, `1번 남음 · ${order.orderId}에만`);
  expect((await home.toss.confirm(order)).json["code"]).toBe("PROVIDER_ERROR");
  await says(page, "켜진 장애가 없습니다");
  await button(page, "취소(환불): 거절").click();
  await says(page, "장애를 추가했습니다.");
  await button(page, "모두 지우기").click();
  await says(page, "장애를 모두 지웠습니다.");
  expect((await home.toss.send("/_sandbox/faults")).json["faults"]).toEqual([]);
});

test("moving the clock forward expires an open window", async () => {
  const order = await home.toss.open();
  const page = await home.visit("/settings");
  await button(page, "+30분").click();
  await says(page, "30분 앞섬");
  await page.getByLabel("원하는 만큼").fill("2");
  await page.getByLabel("단위").selectOption("시간");
  await button(page, "시간 앞당기기").click();
  await says(page, "2시간 30분 앞섬");
  expect(await statusOf(order)).toBe("EXPIRED");
});

test("a reset deletes everything after a confirmation", async () => {
  await home.toss.paid();
  const page = await home.visit("/settings");
  await page.getByRole("link", { name: "초기화" }).click();
  expect(await home.toss.audit()).toHaveLength(1);
  await button(page, "네, 모두 지웁니다").click();
  await says(page, "아직 결제가 없습니다");
  expect(await home.toss.audit()).toEqual([]);
});

test("a window that was expired on the payment's page links back to the shop", async () => {
  const order = await home.toss.open({
    successUrl: `${home.shopUrl}/success`,
    failUrl: `${home.shopUrl}/fail`,
  });
  const page = await home.visit(`/payments/${order.paymentKey}`);
  await button(page, "결제창 시간 만료").click();
  await says(page, "기간 만료");
  await page.goto(`${home.url}/window/${order.paymentKey}`);
  await says(page, "결제 시간이 지났습니다");
  await page.getByRole("link", { name: "English" }).click();
  await says(page, "The time to pay is over");
  await page.getByRole("link", { name: "Back to the shop" }).click();
  await page.getByRole("heading", { name: "shop" }).waitFor();
});

test("the page shows a notice while the sandbox does not respond", async () => {
  const page = await home.visit("/");
  await page.route("**/*", (route) => route.abort());
  await says(page, "샌드박스가 응답하지 않습니다");
  await page.unroute("**/*");
  await page.getByText("샌드박스가 응답하지 않습니다").waitFor({ state: "hidden" });
});

test("the chosen language stays on the next page", async () => {
  const page = await home.visit("/faults");
  await button(page, "English").click();
  await page.getByRole("heading", { level: 1, name: "Faults" }).waitFor();
  await page.getByRole("link", { name: "Payments" }).click();
  await says(page, "No payments yet.");
});
