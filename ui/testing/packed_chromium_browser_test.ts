import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packedChromium } from "./packed_chromium.ts";

setDefaultTimeout(60_000);

test("packedChromium() gives a whole browser to two who ask at once with an empty cache", async () => {
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
    for (const version of versions)
      expect(version).toMatch(/ \d+\.\d+\.\d+\.\d+/);
    expect(readdirSync(join(cache, "payflow"))).toHaveLength(1);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}, 60_000);
