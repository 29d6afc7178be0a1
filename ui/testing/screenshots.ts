import { join } from "node:path";
import { launchBrowser } from "./browser.ts";
import { openScene, type Viewing } from "./open_scene.ts";
import { pageScenes } from "./scenes.ts";

/**
 * `bun ui/testing/screenshots.ts [name…]` draws every state (or those named) on a phone and a desk, in both themes and
 * both languages, into `.screenshots/`.
 */
const folder = join(import.meta.dirname, "../../.screenshots");
const wanted = new Set(process.argv.slice(2));
const viewings: Viewing[] = [360, 1280].flatMap((width) =>
  (["light", "dark"] as const).flatMap((theme) =>
    (["ko", "en"] as const).map((language) => ({ width, theme, language })),
  ),
);

const browser = await launchBrowser();
try {
  for (const scene of pageScenes) {
    if (wanted.size > 0 && !wanted.has(scene.name)) continue;
    for (const viewing of viewings) {
      const { width, theme, language } = viewing;
      const path = join(
        folder,
        `${scene.name}-${width}-${theme}-${language}.png`,
      );
      await openScene(browser, { scene, viewing }, async (page) => {
        // As tall as the page, so that what sticks to the window's edge covers nothing in the picture.
        const height = await page.evaluate(
          () => document.documentElement.scrollHeight,
        );
        await page.setViewportSize({ width, height });
        await page.screenshot({ path });
      });
    }
    console.log(scene.name);
  }
} finally {
  await browser.close();
}
