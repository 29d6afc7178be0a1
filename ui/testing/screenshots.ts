import { launchBrowser } from "./browser.ts";
import { openScene, viewAs, type Viewing } from "./open_scene.ts";
import { saveScreenshot } from "./save_screenshot.ts";
import { adminScenes } from "./admin_scenes.ts";
import { pageScenes } from "./scenes.ts";

/**
 * `bun ui/testing/screenshots.ts [name…]` saves screenshots of every state (or those named) to `.screenshots/`, at 360
 * and 1280 px, in both themes and both languages.
 */
const wanted = new Set(process.argv.slice(2));
const scenes = [...pageScenes, ...adminScenes];
const names = scenes.map((scene) => scene.name);
const unknown = [...wanted].filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.log(`bun ui/testing/screenshots.ts [SCENE …]\n\n${names.join("\n")}`);
  process.exit(unknown.includes("--help") ? 0 : 2);
}

const browser = await launchBrowser();
try {
  for (const scene of scenes) {
    if (wanted.size > 0 && !wanted.has(scene.name)) continue;
    for (const language of ["ko", "en"] as const) {
      const viewings = [360, 1280].flatMap((width) =>
        (["light", "dark"] as const).map((theme): Viewing => ({ width, theme, language })),
      );
      await openScene(browser, { scene, viewing: viewings[0]! }, async (page) => {
        for (const viewing of viewings) {
          await viewAs(page, viewing);
          await saveScreenshot(page, { scene: scene.name, viewing });
        }
      });
    }
    console.log(scene.name);
  }
} finally {
  await browser.close();
}
