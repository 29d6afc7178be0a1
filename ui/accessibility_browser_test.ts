import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import type { AxeResults } from "axe-core";
import { launchBrowser } from "./testing/browser.ts";
import { openScene, viewAs } from "./testing/open_scene.ts";
import { saveScreenshot } from "./testing/save_screenshot.ts";
import { pageScenes } from "./testing/scenes.ts";

setDefaultTimeout(600_000);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 600_000);
afterAll(() => browser.close());

// Every scene in one language, by turns; on a phone by day and at a desk by night. What is seen there is kept as a
// screenshot, for what rules cannot check.
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
      // Through the debugger, since the page's own rules let nothing but its own scripts in.
      if (!scene.noScript) await page.evaluate(axe);
      for (const viewing of [phone, desk]) {
        await viewAs(page, viewing);
        if (!scene.noScript) expect(await violations(page)).toEqual([]);
        await inspect(page);
        await saveScreenshot(page, { scene: scene.name, viewing });
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
      const expected = await page.evaluate(markControls);
      expect(expected.length).toBeGreaterThan(10);
      await page.evaluate(() => {
        (document.activeElement as HTMLElement | null)?.blur();
        document.querySelector<HTMLElement>(".skip")?.focus();
      });
      const reached: (string | undefined)[] = [];
      for (const _ of expected) {
        reached.push(await page.evaluate(focusedControl));
        await page.keyboard.press("Tab");
      }
      expect(reached).toEqual(expected);
    });
  },
  600_000,
);

/** Numbers what the keyboard should reach, in the page's order, and returns the numbers with what stands there. */
function markControls(): string[] {
  const controls = "a[href], button, input:not([type=hidden]), select, summary";
  return [...document.querySelectorAll<HTMLInputElement>(controls)]
    .filter(
      (control) =>
        !control.disabled &&
        control.checkVisibility({ visibilityProperty: true }) &&
        // Arrow keys go on from the one that is chosen.
        (control.type !== "radio" || control.checked),
    )
    .map(
      (control, index) =>
        (control.dataset["control"] =
          `${index} ${control.tagName} ${control.getAttribute("name") ?? control.textContent?.trim()}`),
    );
}

/** What has the focus, if it can be seen that it has and nothing lies over it. */
function focusedControl(): string | undefined {
  const focused = document.activeElement as HTMLElement;
  const box = focused.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const shown = focused.closest(".method") ?? focused;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return seen && shown.contains(top) ? focused.dataset["control"] : undefined;
}

async function inspect(page: Page): Promise<void> {
  expect(await moving(page)).toEqual([]);
  expect(await smallTargets(page)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}

/** What still moves although the visitor prefers reduced motion. Fonts and what appears late do not move. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document
      .getAnimations()
      .map((animation) => (animation as CSSAnimation).animationName)
      .filter((name) => name !== "appear"),
  );
}

async function violations(page: Page): Promise<string[]> {
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
          !element.matches(".skip, .consent input, .method input"),
      )
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 44 || box.width < 24)
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} is ${box.width}×${box.height}`);
  });
}
