import type { Browser, Page } from "playwright-core";
import { sessionCookie } from "./fake_admin.ts";
import type { PageScene } from "./page_scene.ts";
import { serveUi, type ServedUi } from "./serve_ui.ts";

export type Viewing = {
  readonly width: number;
  readonly theme: "light" | "dark";
  readonly language: "ko" | "en";
};

/**
 * Opens a scene with a fresh shop, passes it to `look`, and closes it. Rejects when a script of the page threw, or when
 * the page's policy blocked something.
 */
export async function openScene(
  browser: Browser,
  { scene, viewing }: { scene: PageScene; viewing: Viewing },
  look: (page: Page, ui: ServedUi) => Promise<void>,
): Promise<void> {
  const ui = serveUi();
  const context = await browser.newContext({
    viewport: sizeOf(viewing),
    colorScheme: viewing.theme,
    locale: viewing.language === "ko" ? "ko-KR" : "en-GB",
    reducedMotion: "reduce",
    javaScriptEnabled: !scene.noScript,
  });
  try {
    const session = scene.visitor === "other" ? "other" : "tester";
    await context.addCookies([{ name: "session", value: session, url: ui.url }]);
    if (scene.operator)
      await context.addCookies([{ name: sessionCookie, value: scene.operator, url: ui.url }]);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (/content security policy|refused to/i.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(ui.url + scene.prepare(ui));
    await scene.act?.(page, ui);
    // Promises of a page without scripts never settle.
    if (!scene.noScript) await page.evaluate(() => document.fonts.ready);
    await look(page, ui);
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  } finally {
    await context.close();
    await ui.stop();
  }
}

/** Changes a page's window size and theme; its language stays. */
export async function viewAs(page: Page, viewing: Omit<Viewing, "language">): Promise<void> {
  await page.emulateMedia({ colorScheme: viewing.theme });
  await page.setViewportSize(sizeOf(viewing));
}

function sizeOf({ width }: { readonly width: number }) {
  return { width, height: width < 600 ? 780 : 900 };
}
