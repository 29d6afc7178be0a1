import type { Browser, CDPSession, Page } from "playwright-core";
import { inspectPage } from "./inspect_page.ts";
import { openScene, viewAs } from "./open_scene.ts";
import type { PageScene } from "./page_scene.ts";

/** The faults of a scene at a desk, in light and dark mode, while every control is hovered. */
export async function inspectHovered(
  browser: Browser,
  scene: PageScene & { readonly smallest?: number },
): Promise<string[]> {
  const faults: string[] = [];
  const viewing = { width: 1280, theme: "light", language: "ko" } as const;
  await openScene(browser, { scene, viewing }, async (page) => {
    const hovering = await hoverAll(page);
    for (const theme of ["light", "dark"] as const) {
      await viewAs(page, { width: 1280, theme });
      faults.push(...(await inspectPage(page, scene)).map((fault) => `${theme}: ${fault}`));
    }
    await hovering.detach();
  });
  return faults;
}

/** The controls are hovered until the session is detached. */
async function hoverAll(page: Page): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  for (const domain of ["DOM", "CSS"] as const) await devtools.send(`${domain}.enable`);
  const { root } = await devtools.send("DOM.getDocument");
  const selector = "a[href], button, summary, label, tbody tr";
  const found = await devtools.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector });
  for (const nodeId of found.nodeIds)
    await devtools.send("CSS.forcePseudoState", { nodeId, forcedPseudoClasses: ["hover"] });
  return devtools;
}
