import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { envFileFaults } from "./env_file.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "payflow-env-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function faultsOf(content: string | Uint8Array, env = {}, file = ".env") {
  writeFileSync(join(root, file), content);
  return envFileFaults(root, env);
}

/** The value that Bun reads from the last written file. */
function arrived(name: string): string {
  const run = Bun.spawnSync([process.execPath, "-p", `process.env["${name}"]`], {
    cwd: root,
    env: { PATH: process.env["PATH"] },
  });
  return run.stdout.toString().trim();
}

test.each([
  ["SESSION_SECRET=0123456789abcdef#0123456789", "0123456789abcdef", "ends at its #"],
  ["SESSION_SECRET=0123456789$abcdef", "0123456789", "has a $"],
  ["SESSION_SECRET='0123456789$abcdef'", "0123456789", "has a $"],
  ['export MERCHANT_API_KEY = "0123456789${x}"', "0123456789", "has a $"],
  ["DATABASE_URL=postgres://me:pass#word@db/x", "postgres://me:pass", "ends at its #"],
])("envFileFaults() reports %s", (line, value, fault) => {
  const [output, ...others] = faultsOf(`# first\n${line}\n`);
  expect(output).toContain(fault);
  expect(output).toMatch(/^\.env: .*(SESSION_SECRET|MERCHANT_API_KEY|DATABASE_URL)/);
  expect(output).not.toContain("0123456789");
  expect(others).toEqual([]);
  // Bun indeed reads another value
  const name = /[A-Z_]{6,}/.exec(line)?.[0] ?? "";
  expect(arrived(name)).toBe(value);
});

test.each([
  ["SESSION_SECRET='0123456789#abcdef'", "0123456789#abcdef"],
  ["SESSION_SECRET=0123456789\\$abcdef", "0123456789$abcdef"],
  ["SESSION_SECRET=0123456789abcdef # a comment", "0123456789abcdef"],
])("envFileFaults() accepts %s", (line, value) => {
  expect(faultsOf(`${line}\n`)).toEqual([]);
  expect(arrived("SESSION_SECRET")).toBe(value);
});

test("envFileFaults() allows an address built from variables, and values overridden by the shell", () => {
  expect(faultsOf("DATABASE_URL=postgres://$USER@db/x")).toEqual([]);
  const env = { SESSION_SECRET: "a#b" };
  expect(faultsOf("SESSION_SECRET=a#b", env)).toEqual([]);
});

test("envFileFaults() requires UTF-8, with or without a byte order mark", () => {
  const cp949 = Uint8Array.from([0x23, 0xb0, 0xa1, 0x0a]);
  expect(faultsOf(cp949)[0]).toContain("is not UTF-8");
  const utf16 = Buffer.from("A=1\n", "utf16le");
  expect(faultsOf(utf16, {}, ".env.local")).toHaveLength(2);
  rmSync(join(root, ".env.local"));
  expect(faultsOf("\ufeffPUBLIC_URL=http://localhost:1 # 가게\n")).toEqual([]);
});

test("envFileFaults() needs no file", () => {
  expect(envFileFaults(root, {})).toEqual([]);
});
