import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Numbers the controls that Tab must reach, in the page's order; returns the numbers with their names. */
function markControls(): string[] {
  const controls = "a[href], button, input:not([type=hidden]), select, summary";
  return [...document.querySelectorAll<HTMLInputElement>(controls)]
    .filter(
      (control) =>
        !control.disabled &&
        control.checkVisibility({ visibilityProperty: true }) &&
        // Tab reaches only the selected radio button; arrow keys reach the others.
        (control.type !== "radio" || control.checked),
    )
    .map(
      (control, index) =>
        (control.dataset["control"] =
          `${index} ${control.tagName} ${control.getAttribute("name") ?? control.textContent?.trim()}`),
    );
}

/** The focused control; undefined when its focus is invisible or another element covers it. */
function focusedControl(): string | undefined {
  const focused = document.activeElement as HTMLElement;
  const box = focused.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const shown = focused.closest(".method") ?? focused;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return seen && shown.contains(top) ? focused.dataset["control"] : undefined;
}

/**
 * The faults of a page in its present state: axe violations, animations despite reduced motion, targets smaller than
 * `smallest` px, and content wider than the window.
 */
export async function inspectPage(
  page: Page,
  { noScript, smallest = 44 }: { readonly noScript?: true; readonly smallest?: number },
): Promise<string[]> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [
    ...(noScript ? [] : await violations(page)),
    ...(await moving(page)),
    ...(await smallTargets(page, smallest)),
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
  ];
}

/** The controls of a page in its order, and those that the Tab key reaches with a visible focus. */
export async function tabStops(
  page: Page,
): Promise<{ expected: string[]; reached: (string | undefined)[] }> {
  const expected = await page.evaluate(markControls);
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    document.querySelector<HTMLElement>(".skip")?.focus();
  });
  const reached: (string | undefined)[] = [];
  for (const _ of expected) {
    reached.push(await page.evaluate(focusedControl));
    await page.keyboard.press("Tab");
  }
  return { expected, reached };
}

/** Animations that run despite reduced motion, except `appear`, which only delays an element. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document
      .getAnimations()
      .map((animation) => (animation as CSSAnimation).animationName)
      .filter((name) => name !== "appear"),
  );
}

async function violations(page: Page): Promise<string[]> {
  // Through the debugger, because the page's policy blocks foreign scripts.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = window as never as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    // runs all rules, but omits the passed ones from the result
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`),
  );
}

/** Controls lower than `smallest` px or narrower than 24 px. */
function smallTargets(page: Page, smallest: number): Promise<string[]> {
  return page.evaluate((smallest) => {
    const pressable =
      "a[href], button, input:not([type=hidden]), summary, label.method, .consent label, .extent label";
    return [...document.querySelectorAll<HTMLElement>(pressable)]
      .filter(
        (element) =>
          element.checkVisibility({ visibilityProperty: true }) &&
          !element.matches(".skip, .consent input, .method input, .extent input, .sr-only"),
      )
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < smallest || box.width < 24)
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} is ${box.width}×${box.height}`);
  }, smallest);
}
