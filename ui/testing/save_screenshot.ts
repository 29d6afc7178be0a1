import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Viewing } from "./open_scene.ts";

const folder = join(import.meta.dirname, "../../.screenshots");

/**
 * Saves the whole page as `.screenshots/{scene}-{width}-{theme}-{language}.png`. Leaves the window as high as the page,
 * so that sticky elements cover nothing in the screenshot.
 */
export async function saveScreenshot(
  page: Page,
  { scene, viewing }: { scene: string; viewing: Viewing },
): Promise<void> {
  const { width, theme, language } = viewing;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height });
  const path = join(folder, `${scene}-${width}-${theme}-${language}.png`);
  await page.screenshot({ path });
}
