/** For tests and screenshots only: a browser, and the pages with a shop in memory. */
import { loadAssets } from "../assets.ts";

export { adminScenes } from "./admin_scenes.ts";
export { launchBrowser } from "./browser.ts";
export { inspectPage } from "./inspect_page.ts";
export { createFakeShop, type FakeShop } from "./fake_shop.ts";
export { openScene } from "./open_scene.ts";
export { mountUi, serveUi, type ServedUi } from "./serve_ui.ts";

/** The assets of pages in other packages, for a server without `createUi`. */
export const mountAssets = () => loadAssets().routes;
