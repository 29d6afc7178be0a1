import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "./testing/browser.ts";
import { openScene } from "./testing/open_scene.ts";
import { pageScenes } from "./testing/scenes.ts";
import { serveUi } from "./testing/serve_ui.ts";
import { fillIn, inWindow, oneChosen, payButton, verdict } from "./testing/shopper.ts";

setDefaultTimeout(600_000);

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 600_000);
afterAll(() => browser.close());

const phone = { width: 360, height: 640 };
const sceneOf = (name: string) => {
  const scene = pageScenes.find((known) => known.name === name);
  if (!scene) throw new Error(`No scene "${name}"`);
  return scene;
};

/** Opens a scene in a window of this size. */
async function see(
  { name, language = "ko" }: { name: string; language?: "ko" | "en" },
  size: typeof phone,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const viewing = { width: 360, theme: "light", language } as const;
  await openScene(browser, { scene: sceneOf(name), viewing }, async (page) => {
    await page.setViewportSize(size);
    await page.evaluate(() => scrollTo(0, 0));
    await look(page);
  });
}

/** The button that pays, tries again or orders again; scenes without one have nothing to pay. */
const wayOn = ".pay-button, .confirm .late button, .order > a.primary";
const withButton = [
  "shop",
  "shop_empty",
  "shop_errors",
  "shop_unavailable",
  "payable",
  "declined",
  "long_names",
  "sdk_missing",
  "window_closed",
  "cancel_refused",
  "success_unavailable",
  "success_session_expired",
  "fail_cancelled",
  "fail_declined",
  "expired",
  "canceled",
];

test.each(withButton.flatMap((name) => [{ name }, { name, language: "en" as const }]))(
  "%o: the button that pays or tries again is visible on a small phone without scrolling",
  async (scene) => {
    await see(scene, phone, async (page) => {
      const button = page.locator(wayOn).first();
      const box = await button.boundingBox();
      expect(box!.y + box!.height).toBeLessThanOrEqual(phone.height);
      const isOnTop = await button.evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      });
      expect(isOnTop).toBe(true);
    });
  },
);

test.each([
  { name: "shop", size: { width: 180, height: 320 }, why: "at 200 % zoom" },
  { name: "shop", size: { width: 360, height: 330 }, why: "with the keyboard open" },
  { name: "shop", size: { width: 180, height: 160 }, why: "with both" },
  { name: "payable", size: { width: 180, height: 320 }, why: "at 200 % zoom" },
  { name: "declined", size: { width: 320, height: 180 }, why: "at 200 % zoom, landscape" },
])("$name: the bar with the button takes a fifth of the window at most $why", async (test) => {
  await see(test, test.size, async (page) => {
    const shares = await page.evaluate(() => {
      const bar = document.querySelector(".pay-line")!;
      const form = bar.closest("form")!.getBoundingClientRect();
      // from the top of the form to the last position at which the bar is still pinned
      const last = form.bottom - innerHeight - bar.getBoundingClientRect().height;
      return [0, 0.25, 0.5, 0.75].map((part) => {
        scrollTo(0, last * part);
        const { top, bottom } = bar.getBoundingClientRect();
        return Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 0)) / innerHeight;
      });
    });
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.2);
  });
});

test("the message about a failed request is above the bar", async () => {
  await see({ name: "shop_unreachable" }, phone, async (page) => {
    const flash = await page.locator("#flash").boundingBox();
    const bar = await page.locator(".pay-line").boundingBox();
    expect(flash!.y + flash!.height).toBeLessThanOrEqual(bar!.y);
  });
});

test.each(["ko", "en"] as const)("%s: the header shows the shop's whole name", async (language) => {
  await see({ name: "orders", language }, phone, async (page) => {
    const name = page.locator(".brand span");
    expect(await name.evaluate((span) => span.scrollWidth - span.clientWidth)).toBe(0);
  });
});

test("the footer keeps the registration number on one line", async () => {
  await see({ name: "orders", language: "en" }, phone, async (page) => {
    const number = page.locator(".site-footer dd", { hasText: /^[\d-]+$/ }).first();
    expect((await number.boundingBox())!.height).toBeLessThan(30);
  });
});

test("without scripts the warning stays clear of the payment methods", async () => {
  await see({ name: "payable_no_script" }, phone, async (page) => {
    const methods = await page.locator(".method").last().boundingBox();
    const warning = await page.locator(".pay noscript").boundingBox();
    expect(warning!.y - methods!.y - methods!.height).toBeGreaterThanOrEqual(8);
  });
});

test("a product with its stepper takes at most a fifth of a small phone's height", async () => {
  await see({ name: "shop" }, phone, async (page) => {
    for (const product of await page.locator(".product").all())
      expect((await product.boundingBox())!.height).toBeLessThanOrEqual(phone.height / 5);
  });
});

/** A page of this browser, with a shop of its own. */
async function shopping(
  shopper: Browser,
  walk: (page: Page, ui: ReturnType<typeof serveUi>) => Promise<void>,
): Promise<void> {
  const ui = serveUi();
  const context = await shopper.newContext({ viewport: phone, locale: "ko-KR" });
  context.setDefaultTimeout(120_000);
  try {
    await walk(await context.newPage(), ui);
  } finally {
    await context.close();
    await ui.stop();
  }
}

test("the button says that the window opens from the click until it is open, even before scripts run", async () => {
  await shopping(browser, async (page, ui) => {
    ui.sdkHangs = true;
    const released = Promise.withResolvers<void>();
    await page.route("**/checkout.js", async (route) => {
      await released.promise;
      await route.continue();
    });
    await page.goto(ui.url + oneChosen);
    await fillIn(page);
    await payButton(page).click();
    await page.waitForURL(/\/orders\/.*&open=1$/, { waitUntil: "commit" });
    const opening = page.locator("#pay .busy", { hasText: "결제창을 여는 중" });
    await opening.waitFor();
    expect(await page.locator("#pay .idle").isVisible()).toBe(false);
    released.resolve();
    await page.locator("#pay.busy-form").waitFor();
    await opening.waitFor();
  });
});

test.each([
  { kept: false, how: "with the page from the server" },
  { kept: true, how: "with the page from the back-forward cache" },
])(
  "going back after paying, $how, leads to the paid order and to a usable shop",
  async ({ kept }) => {
    const shopper = kept
      ? await launchBrowser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] })
      : browser;
    try {
      await shopping(shopper, async (page, ui) => {
        await page.goto(ui.url + oneChosen);
        await fillIn(page);
        await payButton(page).click();
        await inWindow(page, "approve").click();
        await verdict(page, "결제가 완료되었습니다.");
        // back to the page from which the window was opened
        await page.goBack();
        await verdict(page, "결제가 완료되었습니다.");
        expect(await page.locator("#pay").count()).toBe(0);
        expect(page.url()).toContain("/orders/");
        await page.goBack();
        await page.getByRole("button", { name: "프리미엄 개발자 도구 하나 더하기" }).click();
        await page.getByRole("button", { name: /[12],000원 결제하기/ }).waitFor();
        expect(ui.shop.orders.size).toBe(1);
      });
    } finally {
      if (kept) await shopper.close();
    }
  },
);

test("submitting the form of a paid order again redirects to that order", async () => {
  await shopping(browser, async (page, ui) => {
    await page.goto(ui.url + oneChosen);
    await fillIn(page);
    // a copy of the form, as a browser may keep it
    const form = await page.evaluate(() =>
      new URLSearchParams(
        new FormData(document.querySelector<HTMLFormElement>("#checkout")!) as never,
      ).toString(),
    );
    await payButton(page).click();
    await inWindow(page, "approve").click();
    await verdict(page, "결제가 완료되었습니다.");
    const paid = new URL(page.url()).pathname;
    const answer = await page.request.post(`${ui.url}/orders`, {
      data: form,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(new URL(answer.url()).pathname).toBe(paid);
    expect(await answer.text()).toContain("결제가 완료되었습니다.");
    expect(ui.shop.orders.size).toBe(1);
  });
});
