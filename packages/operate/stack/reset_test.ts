import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reset } from "./reset.ts";
import { secretsIn } from "./secrets.ts";
import { readSettings } from "./settings.ts";

test("reset() removes what PayFlow made and nothing else", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "payflow-reset-"));
  try {
    secretsIn(dataDir);
    mkdirSync(join(dataDir, "kafka"));
    writeFileSync(join(dataDir, "thesis.txt"), "mine");
    reset(readSettings({ PAYFLOW_DATA_DIR: dataDir }, "/").settings);
    expect(existsSync(join(dataDir, "kafka"))).toBe(false);
    expect(existsSync(join(dataDir, "secrets.json"))).toBe(false);
    expect(existsSync(join(dataDir, "thesis.txt"))).toBe(true);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
