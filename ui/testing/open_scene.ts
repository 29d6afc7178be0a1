import type { Browser, Page } from "playwright-core";
import { sessionCookie } from "./fake_admin.ts";
import type { PageScene } from "./page_scene.ts";
import { blankPath, serveUi, type ServedUi } from "./serve_ui.ts";

export type Viewing = {
  readonly width: number;
  readonly theme: "light" | "dark";
  readonly language: "ko" | "en";
};

type Stage = { readonly page: Page; readonly ui: ServedUi; readonly complaints: string[] };

/** A page for each language, with and without scripts: a page in a new process costs three times the CPU. */
const stages = new WeakMap<Browser, Map<string, Stage>>();

/**
 * Opens a scene with a fresh shop, cookies and storage, and passes it to `look`. Rejects when a script of the page
 * threw, or when the page's policy blocked something. The browser's next scene reuses the page.
 */
export async function openScene(
  browser: Browser,
  { scene, viewing }: { scene: PageScene; viewing: Viewing },
  look: (page: Page, ui: ServedUi) => Promise<void>,
): Promise<void> {
  const known = stages.get(browser) ?? new Map<string, Stage>();
  stages.set(browser, known);
  const name = `${viewing.language} ${scene.noScript}`;
  const stage = known.get(name) ?? (await openStage(browser, { scene, viewing }));
  known.delete(name);
  try {
    await play(stage, { scene, viewing }, look);
    await clear(stage, scene);
  } catch (error) {
    await stage.page.context().close();
    await stage.ui.stop();
    throw error;
  }
  known.set(name, stage);
}

async function openStage(
  browser: Browser,
  { scene, viewing }: { scene: PageScene; viewing: Viewing },
): Promise<Stage> {
  const ui = serveUi();
  browser.once("disconnected", () => void ui.stop());
  const context = await browser.newContext({
    locale: viewing.language === "ko" ? "ko-KR" : "en-GB",
    reducedMotion: "reduce",
    javaScriptEnabled: !scene.noScript,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  return { page, ui, complaints };
}

async function play(
  { page, ui, complaints }: Stage,
  { scene, viewing }: { scene: PageScene; viewing: Viewing },
  look: (page: Page, ui: ServedUi) => Promise<void>,
): Promise<void> {
  complaints.length = 0;
  ui.renew();
  const session = scene.visitor === "other" ? "other" : "tester";
  await page.context().addCookies([{ name: "session", value: session, url: ui.url }]);
  if (scene.operator)
    await page.context().addCookies([{ name: sessionCookie, value: scene.operator, url: ui.url }]);
  await viewAs(page, viewing);
  await page.goto(ui.url + scene.prepare(ui));
  await scene.act?.(page, ui);
  // Promises of a page without scripts never settle.
  if (!scene.noScript) await page.evaluate(() => document.fonts.ready);
  await look(page, ui);
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

async function clear({ page, ui }: Stage, { noScript }: PageScene): Promise<void> {
  if (!noScript) await page.evaluate(() => [localStorage, sessionStorage].map((it) => it.clear()));
  await page.unrouteAll();
  // Ends the page's streams, before the next scene replaces the shop.
  await page.goto(ui.url + blankPath);
  // Out of the window: it would hover an element of the next scene.
  await page.mouse.move(-1, -1);
  await page.emulateMedia({ media: null });
  await page.context().clearCookies();
  await page.context().clearPermissions();
}

/** Changes a page's window size and theme; its language stays. */
export async function viewAs(page: Page, viewing: Omit<Viewing, "language">): Promise<void> {
  await page.emulateMedia({ colorScheme: viewing.theme });
  await page.setViewportSize(sizeOf(viewing));
}

function sizeOf({ width }: { readonly width: number }) {
  return { width, height: width < 600 ? 780 : 900 };
}
