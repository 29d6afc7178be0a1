import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOutcome, runTests, together } from "./test_process.ts";

const head = (tests: number, failures: number, skipped = 0) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}" time="0.1">`;
const run = { exitCode: 0, timedOut: false, leaked: [] };

test("readOutcome() counts passed and failed tests", () => {
  const outcome = readOutcome({ ...run, report: head(5, 2), exitCode: 1 });
  expect(outcome).toEqual({ passed: 3, failed: 2 });
});

test("readOutcome() counts a skipped test as neither", () => {
  const outcome = readOutcome({ ...run, report: head(3, 0, 1) });
  expect(outcome).toEqual({ passed: 2, failed: 0 });
});

test.each([
  ["dies without a report", { report: undefined, exitCode: 132 }],
  ["exits with an error and no failed test", { report: head(2, 0), exitCode: 1 }],
  ["has no test", { report: head(0, 0) }],
  ["has skipped tests only", { report: head(2, 0, 2) }],
  ["hangs", { report: undefined, exitCode: 137, timedOut: true }],
  ["leaves a process", { report: head(1, 0), leaked: ["bun server.ts"] }],
])("readOutcome() counts a process that %s as failed", (_, ending) => {
  const outcome = readOutcome({ ...run, ...ending });
  expect(outcome.failed).toBe(1);
  expect(outcome.fault).toBeString();
});

test("together() adds up runs and keeps the output of failed ones", () => {
  const good = { passed: 3, failed: 0, output: "fine", seconds: 2, cpuSeconds: 3 };
  const bad = { passed: 1, failed: 2, output: "red", seconds: 1, cpuSeconds: 1 };
  expect(together([good, { ...bad, fault: "hung" }, good])).toEqual({
    passed: 7,
    failed: 2,
    output: "red",
    seconds: 2,
    cpuSeconds: 7,
    fault: "hung",
  });
  expect(together([good]).fault).toBeUndefined();
});

test("runTests() kills a run that hangs and counts it as failed", async () => {
  const root = mkdtempSync(join(tmpdir(), "payflow-hang-"));
  writeFileSync(
    join(root, "hang_test.ts"),
    'import { test } from "bun:test"; test("hangs", () => new Promise(() => {}), 600_000);',
  );
  try {
    const outcome = await runTests(["hang_test.ts"], {
      root,
      env: process.env,
      silentMs: 500,
      signal: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ passed: 0, failed: 1 });
    expect(outcome.fault).toContain("was silent for too long");
  } finally {
    rmSync(root, { recursive: true });
  }
}, 600_000);
