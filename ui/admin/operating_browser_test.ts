import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser } from "../testing/browser.ts";
import { allWell, everyAttention, sampleAdminOrder } from "../testing/sample_admin.ts";
import { serveUi, type ServedUi } from "../testing/serve_ui.ts";

setDefaultTimeout(600_000);

let browser: Browser;
let ui: ServedUi;
let contexts: BrowserContext[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
}, 600_000);
afterAll(() => browser.close());
beforeEach(() => {
  ui = serveUi();
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  await ui.stop();
});

/** A page in a new browser context; without a session the console shows its sign-in page. */
async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: "ko-KR", ...options });
  contexts.push(context);
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  await page.goto(ui.url + path);
  return page;
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel("API 키").fill(key);
  await page.getByRole("button", { name: "로그인" }).click();
}

const addOrder = (change: Parameters<typeof sampleAdminOrder>[1] = {}) =>
  ui.admin.add(sampleAdminOrder(1, change)).orderId;

test.each([false, true])(
  "an operator signs in, finds an order by a part of its paymentKey and refunds a part (scripts: %p)",
  async (javaScriptEnabled) => {
    const { orderId, orderNumber } = ui.admin.add(sampleAdminOrder(1));
    const page = await visit("/admin/orders", { javaScriptEnabled });
    await signIn(page, "pf_operate");
    await page.getByRole("searchbox").fill("tviva202611274001");
    await page.getByRole("button", { name: "찾기" }).click();
    await page.getByRole("link", { name: orderNumber }).click();
    await page.getByText("환불", { exact: true }).first().click();
    // with scripts, typing an amount selects "part"
    if (!javaScriptEnabled) await page.getByLabel("일부 금액").check();
    await page.getByLabel("환불할 금액(원)").fill("9,000");
    await page.getByLabel("사유").first().fill("스위치 불량");
    await page.getByRole("button", { name: "환불 미리 보기" }).click();
    await page.getByText("9,000원을 환불합니다.").waitFor();
    expect(ui.admin.changes).toEqual([]);
    await page.getByRole("button", { name: "수정" }).click();
    expect(await page.getByLabel("환불할 금액(원)").inputValue()).toBe("9,000");
    await page.getByRole("button", { name: "환불 미리 보기" }).click();
    await page.getByRole("button", { name: "9,000원 환불하기" }).dblclick();
    await page.getByRole("status").getByText("환불을 요청했습니다.").waitFor();
    await page.getByRole("heading", { level: 1 }).getByText("부분 환불").waitFor();
    expect(ui.admin.changes).toEqual([["refund", orderId, 9_000, "스위치 불량", undefined]]);
  },
);

test("without scripts an unpaid order is cancelled with two presses and a reason", async () => {
  const orderId = addOrder({ status: "PENDING", actions: { canRefund: false, canCancel: true } });
  const page = await visit(`/admin/orders/${orderId}`, { javaScriptEnabled: false });
  await signIn(page, "pf_operate");
  await page.getByText("주문 취소", { exact: true }).click();
  await page.getByRole("button", { name: "주문 취소하기" }).click();
  await page.getByText("사유를 적어 주세요.").waitFor();
  await page.getByLabel("사유").fill("품절");
  await page.getByRole("button", { name: "주문 취소하기" }).click();
  await page.getByRole("status").getByText("주문을 취소했습니다.").waitFor();
  expect(ui.admin.changes).toEqual([["cancelOrder", orderId, "품절"]]);
});

test("without scripts a key is made, shown once, and another is revoked", async () => {
  const page = await visit("/admin/keys", { javaScriptEnabled: false });
  await signIn(page, "pf_admin");
  await page.getByText("새 키 만들기").click();
  await page.getByLabel("이름").fill("choi");
  await page.getByLabel(/^운영/).check();
  await page.getByRole("button", { name: "키 만들기" }).click();
  await page.getByText("pf_0123456789").waitFor();
  await page.getByRole("link", { name: "복사했습니다." }).click();
  await page.getByRole("row", { name: "park" }).getByText("폐기", { exact: true }).click();
  await page
    .getByRole("row", { name: "park" })
    .getByRole("button", { name: "키 폐기하기" })
    .click();
  await page.getByRole("status").getByText("키를 폐기했습니다.").waitFor();
  expect(ui.admin.changes).toEqual([
    ["createKey", "choi", "operate", undefined],
    ["revokeKey", "k3"],
  ]);
});

test("the keyboard alone discards a dead letter", async () => {
  const page = await visit("/admin/events/dead-letters/payment/2");
  await signIn(page, "pf_operate");
  await page.locator("summary.danger").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("시험 메시지");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("메시지를 버렸습니다.").waitFor();
  expect(ui.admin.changes).toEqual([["discardDeadLetter", "payment", "2", "시험 메시지"]]);
});

test("items that need attention appear and disappear without a reload", async () => {
  const page = await visit("/admin");
  await signIn(page, "pf_read");
  await page.getByText("모두 정상").waitFor();
  ui.admin.attention = { ...allWell, items: everyAttention.items.slice(0, 1) };
  await page.getByText("결제 승인 결과를 알 수 없습니다").waitFor();
  ui.admin.attention = allWell;
  await page.getByText("모두 정상").waitFor();
});

test("a page whose session has ended redirects to sign-in by itself, and returns after it", async () => {
  const page = await visit("/admin/events");
  await signIn(page, "pf_read");
  await page.getByRole("heading", { name: "아웃박스" }).waitFor();
  await page.context().clearCookies({ name: "console" });
  await page.getByText("접속이 끝났습니다.").waitFor();
  await signIn(page, "pf_read");
  await page.getByRole("heading", { name: "아웃박스" }).waitFor();
});

test("the link for the shopper is copied to the clipboard", async () => {
  const orderId = addOrder();
  const page = await visit(`/admin/orders/${orderId}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await signIn(page, "pf_operate");
  await page.getByRole("link", { name: "구매자 링크" }).click();
  await page.getByRole("button", { name: "링크 복사" }).click();
  await page.getByText("복사했습니다").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${ui.url}/orders/${orderId}?token=sample-token`);
});

test.each([false, true])(
  "an address is added, its secret shown once, and a failed webhook sent again (scripts: %p)",
  async (javaScriptEnabled) => {
    const page = await visit("/admin/events/endpoints", { javaScriptEnabled });
    await signIn(page, "pf_admin");
    await page.getByText("주소 등록", { exact: true }).click();
    await page.getByLabel("주소", { exact: true }).fill("http://10.0.0.1/hooks");
    await page.getByLabel(/^결제 완료/).check();
    await page.getByRole("button", { name: "주소 등록하기" }).click();
    await page.getByText("주소를 확인해 주세요.").waitFor();
    expect(ui.admin.changes).toEqual([]);
    await page.getByLabel("주소", { exact: true }).fill("https://new.shop.example/hooks");
    await page.getByRole("button", { name: "주소 등록하기" }).click();
    await page.getByText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").waitFor();
    await page.getByRole("link", { name: "복사했습니다." }).click();
    await page.getByRole("link", { name: "https://new.shop.example/hooks" }).waitFor();
    await page.getByRole("link", { name: /erp.shop.example/ }).click();
    await page.getByRole("link", { name: "결제 완료" }).click();
    await page.getByText("응답 없음 (ECONNREFUSED)").waitFor();
    await page.getByText("다시 보내기", { exact: true }).click();
    await page.getByRole("button", { name: "지금 다시 보내기" }).click();
    await page.getByRole("status").getByText("다시 보냅니다.").waitFor();
    const url = "https://new.shop.example/hooks";
    expect(ui.admin.changes).toEqual([
      ["createEndpoint", url, "", ["OrderConfirmed"]],
      ["resendDelivery", "e2", "019abc7d-4001-7c3e-9a51-b5d2f0a10001"],
    ]);
  },
);

test("without scripts a disabled address is turned on, and its missed events are resent", async () => {
  const page = await visit("/admin/events/endpoints/e3", { javaScriptEnabled: false });
  await signIn(page, "pf_admin");
  await page.getByText("서버가 410으로 응답해").waitFor();
  await page.getByText("켜기", { exact: true }).click();
  await page.getByRole("button", { name: "웹훅 켜기" }).click();
  await page.getByRole("status").getByText("웹훅을 켰습니다.").waitFor();
  await page.getByText("기간으로 다시 보내기", { exact: true }).click();
  await page.getByLabel("최근 7일").check();
  await page.getByRole("button", { name: "다시 보내기", exact: true }).click();
  await page.getByRole("status").getByText("이벤트 128건을 다시 보냅니다.").waitFor();
  expect(ui.admin.changes).toEqual([
    ["changeEndpoint", "e3", { isEnabled: true }],
    ["resendSince", "e3", 168, true],
  ]);
});
