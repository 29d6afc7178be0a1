import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import type { AxeResults } from "axe-core";
import { launchBrowser } from "./testing/browser.ts";
import { openScene, type Viewing } from "./testing/open_scene.ts";
import { pageScenes } from "./testing/scenes.ts";

const axe = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser.close());

const viewings: readonly Viewing[] = [
  { width: 360, theme: "light", language: "ko" },
  { width: 1280, theme: "dark", language: "en" },
];
const cases = pageScenes.flatMap((scene) =>
  viewings.map((viewing) => ({ name: scene.name, scene, viewing, ...viewing })),
);

test.each(cases)(
  "$name at $width px, $theme, $language: no axe violation, nothing blocked or broken, large enough to tap",
  async ({ scene, viewing }) => {
    await openScene(browser, { scene, viewing }, async (page) => {
      expect(await violations(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  },
  30_000,
);

async function violations(page: Page): Promise<string[]> {
  // Through the debugger, since the page's own rules let nothing but its own scripts in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (window as never as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`),
  );
}

/** What can be pressed and is less than 44 px high or wide; links inside a sentence are as high as their line. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pressable =
      "a[href], button, input:not([type=hidden]), summary, label.method, .consent label";
    return [...document.querySelectorAll<HTMLElement>(pressable)]
      .filter(
        (element) =>
          element.checkVisibility({ visibilityProperty: true }) &&
          !element.matches(".skip, .consent input"),
      )
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 44 || box.width < 24)
      .map(
        ({ element, box }) =>
          `${element.outerHTML.slice(0, 80)} is ${box.width}×${box.height}`,
      );
  });
}
