import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretsIn } from "./secrets.ts";

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "payflow-secrets-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("secretsIn() generates secrets once, readable by the owner only", () =>
  inFolder((folder) => {
    const secrets = secretsIn(folder);
    expect(secretsIn(folder)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(4);
    const { mode } = statSync(join(folder, "secrets.json"));
    expect(mode & 0o777).toBe(0o600);
  }));

test("secretsIn() never replaces a file that it can't read or that has an unknown key: the data needs it", () =>
  inFolder((folder) => {
    const file = join(folder, "secrets.json");
    const secrets = secretsIn(folder);
    for (const text of ["{", JSON.stringify({ ...secrets, sesionSecret: "typo" })]) {
      writeFileSync(file, text);
      expect(() => secretsIn(folder)).toThrow("bun run reset");
    }
  }));
