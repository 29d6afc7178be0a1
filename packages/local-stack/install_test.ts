import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureInstalled, stampInstalled } from "./install.ts";

test("ensureInstalled() ends with a stop request, and does not try again", async () => {
  const stopping = new AbortController();
  let requests = 0;
  await using registry = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      requests++;
      stopping.abort();
      return new Promise<Response>(() => {});
    },
  });
  const root = mkdtempSync(join(tmpdir(), "payflow-install-"));
  try {
    mkdirSync(join(root, "packages"));
    writeFileSync(join(root, "package.json"), '{ "dependencies": { "not-there": "1.0.0" } }');
    writeFileSync(join(root, "bunfig.toml"), `[install]\nregistry = "${registry.url.href}"\n`);
    expect(await ensureInstalled(root, undefined, stopping.signal)).toBe(false);
    expect(requests).toBe(1);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("ensureInstalled() installs nothing that is recorded as installed, as in an image, until a manifest changes", async () => {
  const root = mkdtempSync(join(tmpdir(), "payflow-install-"));
  const ensured = () =>
    ensureInstalled(root, () => {
      throw new Error("begins");
    });
  try {
    for (const folder of ["packages", "node_modules"]) mkdirSync(join(root, folder));
    stampInstalled(root);
    expect(await ensured()).toBe(false);
    writeFileSync(join(root, "package.json"), '{ "dependencies": { "not-there": "1.0.0" } }');
    expect(ensured()).rejects.toThrow("begins");
  } finally {
    rmSync(root, { recursive: true });
  }
});
