/** For tests and screenshots only: a browser, and the pages on a shop that lives in memory. */
import { loadAssets } from "../assets.ts";

export { adminScenes } from "./admin_scenes.ts";
export { launchBrowser } from "./browser.ts";
export { inspectPage } from "./inspect_page.ts";
export { createFakeShop, type FakeShop } from "./fake_shop.ts";
export { openScene } from "./open_scene.ts";
export { mountUi, serveUi, type ServedUi } from "./serve_ui.ts";

/** What pages of other packages load, for a server that has them alone. */
export const mountAssets = () => loadAssets().routes;
