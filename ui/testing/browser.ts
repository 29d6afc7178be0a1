import { existsSync } from "node:fs";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { packedChromium } from "./packed_chromium.ts";

/**
 * A headless Chromium: `CHROMIUM_PATH` if set, else on Linux x64 the one inside `@sparticuz/chromium` (unpacked on
 * first use), else an installed Chromium or Chrome. Rejects with advice when there is none.
 */
export async function launchBrowser(given: LaunchOptions = {}): Promise<Browser> {
  // A young generation of 64 MB: scans of a page otherwise spend a tenth of their time on collecting garbage.
  const options = {
    ...given,
    args: ["--js-flags=--min-semi-space-size=64", ...(given.args ?? [])],
  };
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen) return chromium.launch({ ...options, executablePath: chosen });
  if (process.platform === "linux" && process.arch === "x64") {
    // Not with the arguments that the package suggests for cloud functions: one of them disables the same-origin
    // policy, which these tests check.
    return chromium.launch({ ...options, ...(await packedChromium()) });
  }
  const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) =>
    existsSync(path),
  );
  if (installed) return chromium.launch({ ...options, executablePath: installed });
  try {
    return await chromium.launch({ ...options, channel: "chrome" });
  } catch (cause) {
    throw new Error(
      "No Chromium found: install Chrome, or set CHROMIUM_PATH to a Chromium's executable",
      { cause },
    );
  }
}
