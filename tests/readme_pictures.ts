// bun tests/readme_pictures.ts: takes README's pictures of the real parts into docs/images/.
import { wordsOrExit } from "@payflow/local-stack";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { testStack } from "./stack.ts";

wordsOrExit(
  {
    usage: "bun tests/readme_pictures.ts\n\nTakes README's pictures again, into docs/images/.",
  },
  process.argv.slice(2),
);
const folder = `${import.meta.dir}/../docs/images`;
const desk = { viewport: { width: 1120, height: 760 } };
const phone = { viewport: { width: 360, height: 780 } };

// long enough for a picture of the wait
const stack = await testStack({ payment: { RECONCILE_AFTER_MS: "60000" } });
const browser = await launchBrowser();
try {
  await take("shop", desk, async () => {});
  await take("window", desk, async (page) => {
    await placeOrder(page);
    await payButton(page).waitFor();
  });
  await take("confirmed", phone, (page) => pay(page, /확정되었습니다/));
  await take("waiting", phone, async (page) => {
    // else its webhook tells before one has looked
    await control("/_sandbox/webhooks", { drop: true });
    await pay(page, /카드사 응답을 확인하고 있습니다/, "승인되지만 응답이 사라짐");
    await control("/_sandbox/webhooks", {});
  });
  await take("declined", phone, (page) =>
    pay(page, /승인되지 않았습니다/, "거절 — 한도 초과 또는 잔액 부족"),
  );
  await take("dark", { ...phone, colorScheme: "dark" }, async () => {});
} finally {
  await browser.close();
  await stack.close();
}
process.exit(0);

async function take(
  name: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await open(browser, options);
  const page = await context.newPage();
  await page.goto(stack.url);
  await act(page);
  // a rare letter's part of the font is fetched when the letter first shows
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    await document.fonts.ready;
  });
  await page.screenshot({ path: `${folder}/${name}.png` });
  console.log(name);
  await context.close();
}

async function open(from: Browser, options: BrowserContextOptions) {
  const context = await from.newContext({
    ...options,
    locale: "ko-KR",
    timezoneId: "Asia/Seoul",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(15_000);
  return context;
}

async function placeOrder(page: Page): Promise<void> {
  await page.getByLabel("이름").fill("김민수");
  await page.getByLabel("이메일").fill("kim@example.com");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "1,000원 결제하기" }).click();
}

function inWindow(page: Page) {
  return page.frameLocator("#___tosspayments_iframe___");
}

function payButton(page: Page) {
  return inWindow(page).getByRole("button", { name: "인증하고 결제하기" });
}

async function pay(page: Page, says: RegExp, outcome?: string): Promise<void> {
  await placeOrder(page);
  if (outcome) {
    const choice = inWindow(page).getByLabel("승인 결과 선택");
    await choice.selectOption({ label: outcome });
  }
  await payButton(page).click();
  await page.getByRole("heading", { level: 1, name: says }).waitFor();
}

async function control(path: string, body: unknown): Promise<void> {
  await fetch(stack.sandboxUrl + path, { method: "POST", body: JSON.stringify(body) });
}
