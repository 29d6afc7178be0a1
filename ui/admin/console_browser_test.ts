import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { adminScenes } from "../testing/admin_scenes.ts";
import { launchBrowser } from "../testing/browser.ts";
import { inspectHovered } from "../testing/inspect_hovered.ts";
import { inspectPage, tabStops } from "../testing/inspect_page.ts";
import { openScene, viewAs } from "../testing/open_scene.ts";

setDefaultTimeout(600_000);

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 600_000);
afterAll(() => browser.close());

// Each scene has one language, in turn, on a light phone and a dark desktop, like the shop's scenes. With a mouse,
// targets may be smaller than for a finger.
const cases = adminScenes.map((scene, index) => ({
  name: scene.name,
  scene,
  language: index % 2 === 0 ? ("ko" as const) : ("en" as const),
}));

test.each(cases)(
  "$name ($language): no axe violation, blocked request, horizontal overflow or too small target",
  async ({ scene, language }) => {
    const phone = { width: 360, theme: "light", language } as const;
    const desk = { width: 1280, theme: "dark", language } as const;
    await openScene(browser, { scene, viewing: phone }, async (page) => {
      for (const [viewing, smallest] of [
        [phone, 44],
        [desk, 26],
      ] as const) {
        await viewAs(page, viewing);
        const faults = await inspectPage(page, { ...scene, smallest });
        expect(faults).toEqual([]);
      }
    });
  },
  600_000,
);

test("admin_webhooks: a webhook's type is on one line on a desktop", async () => {
  const scene = adminScenes.find(({ name }) => name === "admin_webhooks")!;
  const viewing = { width: 1280, theme: "light", language: "ko" } as const;
  await openScene(browser, { scene, viewing }, async (page) => {
    const heights = await page
      .locator("td.lead a")
      .evaluateAll((links) => links.map((link) => link.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(0);
    expect(Math.max(...heights)).toBeLessThan(32);
  });
});

const focusScenes = adminScenes.filter(({ name }) =>
  ["admin_attention", "admin_order_paid", "admin_refund_form_errors"].includes(name),
);

test.each(focusScenes)(
  "$name: Tab reaches every control in the page's order, and each control shows its focus",
  async (scene) => {
    const viewing = { width: 1280, theme: "light", language: "ko" } as const;
    await openScene(browser, { scene, viewing }, async (page) => {
      const { expected, reached } = await tabStops(page);
      expect(expected.length).toBeGreaterThan(10);
      expect(reached).toEqual(expected);
    });
  },
  600_000,
);

const hoverScenes = adminScenes.filter(({ name }) =>
  ["admin_orders", "admin_order_paid", "admin_refund_form_errors"].includes(name),
);

test.each(hoverScenes)(
  "$name: text has enough contrast on hover, in light and dark mode",
  async (scene) => {
    expect(await inspectHovered(browser, { ...scene, smallest: 26 })).toEqual([]);
  },
  600_000,
);
