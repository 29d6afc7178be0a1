import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { packedChromium } from "./packed_chromium.ts";

setDefaultTimeout(600_000);

test("packedChromium() gives two concurrent callers a complete browser with fonts, from an empty cache", async () => {
  const cache = mkdtempSync(join(tmpdir(), "payflow-chromium-"));
  try {
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const versions = await Promise.all(
      [1, 2].map(async () => {
        const { executablePath, env: own } = await packedChromium(env);
        const run = Bun.spawn([executablePath, "--version"], { env: own });
        return await new Response(run.stdout).text();
      }),
    );
    for (const version of versions) expect(version).toMatch(/ \d+\.\d+\.\d+\.\d+/);
    expect(readdirSync(join(cache, "payflow"))).toHaveLength(1);
    expect(await widthOfText(await packedChromium(env))).toBeGreaterThan(0);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}, 600_000);

/** The width of a text in a system font, with only the fonts of this folder. */
async function widthOfText(packed: Awaited<ReturnType<typeof packedChromium>>): Promise<number> {
  const { FONTCONFIG_FILE: file = "", FONTCONFIG_PATH: folder } = packed.env;
  expect(String(file).startsWith(`${folder}/`)).toBe(true);
  expect(readFileSync(String(file), "utf8")).not.toMatch(/<(dir|cachedir)>/);
  const browser = await chromium.launch(packed);
  try {
    const page = await browser.newPage();
    await page.setContent("<span>Order</span>");
    const box = await page.locator("span").boundingBox();
    return box?.width ?? 0;
  } finally {
    await browser.close();
  }
}
