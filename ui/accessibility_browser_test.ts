import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./testing/browser.ts";
import { inspectHovered } from "./testing/inspect_hovered.ts";
import { inspectPage, tabStops } from "./testing/inspect_page.ts";
import { openScene, viewAs } from "./testing/open_scene.ts";
import { pageScenes } from "./testing/scenes.ts";

setDefaultTimeout(600_000);

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 600_000);
afterAll(() => browser.close());

// Each scene has one language, in turn, on a light phone and a dark desktop. testing/screenshots.ts saves screenshots
// for everything that rules cannot check.
const cases = pageScenes.map((scene, index) => ({
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
      for (const viewing of [phone, desk]) {
        await viewAs(page, viewing);
        expect(await inspectPage(page, scene)).toEqual([]);
      }
    });
  },
  600_000,
);

const focusScenes = pageScenes.filter(({ name }) =>
  ["shop", "payable", "refunding_account_errors"].includes(name),
);

test.each(focusScenes)(
  "$name: Tab reaches every control in the page's order, and each control shows its focus",
  async (scene) => {
    const viewing = { width: 360, theme: "light", language: "ko" } as const;
    await openScene(browser, { scene, viewing }, async (page) => {
      const { expected, reached } = await tabStops(page);
      expect(expected.length).toBeGreaterThan(10);
      expect(reached).toEqual(expected);
    });
  },
  600_000,
);

test.each(focusScenes)(
  "$name: text has enough contrast on hover, in light and dark mode",
  async (scene) => {
    expect(await inspectHovered(browser, scene)).toEqual([]);
  },
  600_000,
);
