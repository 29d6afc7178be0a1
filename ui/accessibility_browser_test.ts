import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./testing/browser.ts";
import { hoverAll, inspectPage, tabStops } from "./testing/inspect_page.ts";
import { openScene, viewAs } from "./testing/open_scene.ts";
import { pageScenes } from "./testing/scenes.ts";

setDefaultTimeout(600_000);

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 600_000);
afterAll(() => browser.close());

// Every scene in one language, by turns; on a phone by day and at a desk by night. What rules cannot check is seen in the
// screenshots that testing/screenshots.ts takes.
const cases = pageScenes.map((scene, index) => ({
  name: scene.name,
  scene,
  language: index % 2 === 0 ? ("ko" as const) : ("en" as const),
}));

test.each(cases)(
  "$name ($language): no axe violation, nothing blocked, too wide or too small to tap",
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
  "$name: the Tab key reaches every control in the page's order, and each shows its focus",
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
  "$name: whatever a mouse is over can be read, by day and by night",
  async (scene) => {
    const day = { width: 1280, theme: "light", language: "ko" } as const;
    await openScene(browser, { scene, viewing: day }, async (page) => {
      await hoverAll(page);
      for (const theme of ["light", "dark"] as const) {
        await viewAs(page, { width: 1280, theme });
        expect(await inspectPage(page, scene), theme).toEqual([]);
      }
    });
  },
  600_000,
);
