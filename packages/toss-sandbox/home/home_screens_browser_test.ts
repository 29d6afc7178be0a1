import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launchBrowser } from "@payflow/ui/testing";
import type { AxeResults, RunOptions } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { type Home, openHome } from "../testing/open_home.ts";

setDefaultTimeout(600_000);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** `SCREENSHOTS=1 bun test packages/toss-sandbox/home` saves each scene there for a review. */
const folder = process.env["SCREENSHOTS"] && join(import.meta.dir, "../../../.screenshots");

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
/** The scenes' pages, by locale. */
const pages = new Map<string | undefined, Page>();

type Prepare = (home: Home) => Promise<string>;
type Act = (page: Page) => Promise<void>;
const of = ({ paymentKey }: { readonly paymentKey: string }) => `/payments/${paymentKey}`;

/** A full list: most statuses, many webhooks, and faults with and without a limit. */
async function busy(home: Home): Promise<void> {
  const { toss } = home;
  await toss.cancel(await toss.paid(), { cancelAmount: 20_000 });
  await toss.cancel(await toss.paid());
  await toss.confirm(await toss.authenticated({}, { fault: "decline" }));
  const deposited = await home.waiting();
  await toss.post(`/_sandbox/payments/${deposited.paymentKey}/deposit`);
  await toss.open({ card: { easyPay: "TOSSPAY" }, orderName: "무각 키캡 세트 외 1건" });
  await toss.authenticated();
  await toss.confirm(
    await toss.authenticated({
      method: "VIRTUAL_ACCOUNT",
      orderId: "01a20589-93f0-738c-a589-951284a61241",
    }),
  );
  await toss.fault([
    { operation: "confirm", fault: "error_after", rate: 0.05 },
    {
      operation: "find",
      fault: "stale",
      times: 2,
      orderId: "01a20589-93f0-738c-a589-951284a61241",
    },
  ]);
}

const scenes: readonly (readonly [name: string, prepare: Prepare, act?: Act])[] = [
  ["home", async (home) => (await busy(home), "/")],
  ["home-empty", async () => "/"],
  ["home-not-found", async () => "/?q=none"],
  ["webhooks", async (home) => (await busy(home), "/webhooks?done=resend")],
  ["webhooks-none", async () => "/webhooks"],
  ["faults", async (home) => (await busy(home), "/faults?done=fault")],
  ["faults-none", async () => "/faults"],
  ["settings", async () => "/settings?done=clock"],
  ["reset", async () => "/reset"],
  ["payment-open", async ({ toss }) => of(await toss.open())],
  ["payment-authenticated", async ({ toss }) => of(await toss.authenticated())],
  ["payment-waiting", async (home) => of(await home.waiting())],
  ["payment-deposited", async (home) => of(await deposited(home))],
  [
    "payment-refunded",
    async ({ toss }) => {
      const order = await toss.paid();
      await toss.cancel(order, { cancelAmount: 20_000 });
      return `${of(order)}?done=refund`;
    },
  ],
  [
    "payment-declined",
    async ({ toss }) => {
      const order = await toss.authenticated({}, { fault: "decline" });
      await toss.confirm(order);
      return of(order);
    },
  ],
  [
    "payment-refused",
    async (home) => of(await deposited(home)),
    async (page) => {
      await page
        .locator("form.refund")
        .evaluate((form) => ((form as HTMLFormElement).noValidate = true));
      await page.locator("#cancelAmount").fill("50001");
      await page.locator("form.refund button").click();
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "webhook-body",
    async ({ toss }) => of(await toss.paid()),
    async (page) => page.locator("summary").click(),
  ],
  ["payment-unknown", async () => "/payments/none"],
  [
    "window",
    async ({ toss }) => `/window/${(await toss.open({ method: "VIRTUAL_ACCOUNT" })).paymentKey}`,
  ],
  ["window-over", async ({ toss }) => `/window/${(await toss.paid()).paymentKey}`],
  [
    "receipt",
    async ({ toss }) => `/receipt/redirection?transactionId=${(await toss.paid()).paymentKey}`,
  ],
];

async function deposited(home: Home) {
  const order = await home.waiting();
  await home.toss.post(`/_sandbox/payments/${order.paymentKey}/deposit`);
  return order;
}

// Each scene in light and dark mode, at phone and desktop width and in both languages; the larger
// pages in all four combinations.
const viewings = [
  { width: 360, theme: "light", locale: "ko-KR" },
  { width: 1280, theme: "dark", locale: "en-GB" },
  { width: 360, theme: "dark", locale: "en-GB" },
  { width: 1280, theme: "light", locale: "ko-KR" },
] as const;

const whole = ["home", "webhooks", "faults", "settings", "payment-deposited", "window"];
const cases = scenes.map(([name, prepare, act], index) => {
  const start = (index % 2) * 2;
  const seenAs = whole.includes(name) ? viewings : viewings.slice(start, start + 2);
  return [name, prepare, { act, seenAs }] as const;
});

test.each(cases)(
  "%s: no axe violation, no overflow, no small touch target",
  async (name, prepare, { act, seenAs }) => {
    const home = openHome(browser, pages);
    const path = await prepare(home);
    for (const { width, theme, locale } of seenAs) {
      const page = await home.visit(path, {
        viewport: { width, height: width === 360 ? 780 : 900 },
        colorScheme: theme,
        locale,
      });
      await act?.(page);
      await page.evaluate(() => document.fonts.ready);
      // evaluate() uses the debugger, because the page's CSP allows only the page's own scripts
      await page.evaluate(axe);
      expect(await violations(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      if (folder) {
        const file = `sandbox-${name}-${width}-${theme}-${locale.slice(0, 2)}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: true });
      }
    }
    await home.close();
  },
);

test("the Tab key reaches every control of a payment's page, and each shows its focus", async () => {
  const home = openHome(browser);
  const page = await home.visit(of(await deposited(home)));
  const count = await page.evaluate(() => {
    const all = "a[href], button, input:not([type=hidden]), select, summary, pre";
    const shown = [...document.querySelectorAll<HTMLElement>(all)].filter((control) =>
      control.checkVisibility(),
    );
    for (const [index, control] of shown.entries()) control.dataset["control"] = String(index);
    return shown.length;
  });
  expect(count).toBeGreaterThan(15);
  for (let index = 0; index < count; index++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return [focused.dataset["control"], outlineStyle !== "none" && parseFloat(outlineWidth) >= 2];
    });
    expect(seen).toEqual([String(index), true]);
  }
  await home.close();
});

async function violations(page: Page): Promise<string[]> {
  const violations = await page.evaluate(async () => {
    const { axe } = window as never as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    // all rules run, but only violations are described and returned
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`),
  );
}

/** Controls below 44 px in height or 24 px in width; links in text are as high as their line. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pressable =
      "button, .button, nav a, summary, select, .tick, input:not([type=hidden], [type=checkbox])";
    return [...document.querySelectorAll<HTMLElement>(pressable)]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 44 || box.width < 24)
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} is ${box.width}×${box.height}`);
  });
}
