import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser, Page } from "playwright-core";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let browser: Browser;
beforeAll(async () => {
  // a busy machine must not show "payment pending" first: the change to "paid" would count as a layout shift
  const wait = { CONFIRM_WAIT_MS: "55000" };
  [stack, browser] = await Promise.all([
    testStack({ order: wait, payment: wait }),
    launchBrowser(),
  ]);
}, 600_000);
afterAll(async () => {
  await browser.close();
  await stack.close();
});

/** A cheap phone on a slow connection: 400 kbit/s, 150 ms round trip, a quarter of this machine's CPU speed. */
const line = { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const slowdown = 4;
const phone = {
  viewport: { width: 360, height: 640 },
  locale: "ko-KR",
  isMobile: true,
  hasTouch: true,
  userAgent:
    "Mozilla/5.0 (Linux; Android 14; SM-A155N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36",
};

/** Measurements of the page's performance observers. */
type Seen = { readonly lcpMs: number; readonly layoutShift: number };

function observe(): void {
  const seen = { lcpMs: 0, layoutShift: 0 };
  Object.assign(window, { seen });
  const watch = (type: string, note: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
    });
  watch("largest-contentful-paint", ({ startTime }) => (seen.lcpMs = startTime));
  watch("layout-shift", (entry) => {
    const { value, hadRecentInput } = entry as never as { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) seen.layoutShift += value;
  });
}

const seenBy = (page: Page) => page.evaluate(() => (window as never as { seen: Seen }).seen);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** The measurements after the network is idle and the fonts are rendered. */
async function settled(page: Page): Promise<Seen> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  return await seenBy(page);
}

test("a first visit on a slow connection loads at most 150 KB, without layout shifts, and can pay", async () => {
  const context = await browser.newContext(phone);
  context.setDefaultTimeout(300_000);
  try {
    await context.addInitScript(observe);
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    let bytes = 0;
    cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", line);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });

    await page.goto(stack.url);
    const shop = await settled(page);
    const firstVisit = bytes;
    await page.getByRole("button", { name: "프리미엄 개발자 도구 하나 더하기" }).click();
    await page.getByLabel("이름").fill("김토스");
    await page.getByLabel("이메일").fill("kim@example.com");
    await page.getByRole("checkbox").check();
    const pay = page.getByRole("button", { name: "1,000원 결제하기" });
    await pay.waitFor();
    const pressedAt = performance.now();
    await pay.click();
    await page.getByRole("button", { name: "인증하고 결제하기" }).waitFor();
    const pressToWindowMs = performance.now() - pressedAt;

    await page.getByRole("button", { name: "인증하고 결제하기" }).click();
    await page.getByRole("heading", { level: 1, name: "결제가 완료되었습니다." }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    const paid = await seenBy(page);

    console.log(
      [
        `400 kbit/s, CPU ×${slowdown}: first visit ${(firstVisit / 1_000).toFixed(0)} KB`,
        `LCP ${seconds(shop.lcpMs)}`,
        `press to window ${seconds(pressToWindowMs)}`,
        `CLS ${shop.layoutShift.toFixed(3)}, of the paid order's page ${paid.layoutShift.toFixed(3)}`,
      ].join("; "),
    );
    expect(firstVisit).toBeGreaterThan(50_000);
    expect(firstVisit).toBeLessThanOrEqual(150_000);
    expect(shop.lcpMs).toBeGreaterThan(0);
    expect(shop.layoutShift).toBeLessThanOrEqual(0.02);
    expect(paid.layoutShift).toBeLessThanOrEqual(0.02);
  } finally {
    await context.close();
  }
});
