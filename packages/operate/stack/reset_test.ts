import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reset } from "./reset.ts";
import { secretsIn } from "./secrets.ts";
import { readSettings } from "./settings.ts";

test("reset() removes PayFlow's files and nothing else", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "payflow-reset-"));
  try {
    secretsIn(dataDir);
    mkdirSync(join(dataDir, "kafka"));
    // left by an interrupted initdb
    mkdirSync(join(dataDir, "postgres.half"));
    writeFileSync(join(dataDir, "postgres.password"), "secret");
    writeFileSync(join(dataDir, "thesis.txt"), "mine");
    reset(readSettings({ PAYFLOW_DATA_DIR: dataDir }, "/").settings);
    expect(readdirSync(dataDir)).toEqual(["thesis.txt"]);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
