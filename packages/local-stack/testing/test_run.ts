// The run that a test belongs to: the `bun test` process (with --parallel, the
// one above the workers), or the test driver. What is started for a run lies in
// one folder, named after that process so that its end can be noticed.
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { startMark } from "../mod.ts";

export type TestRun = {
  readonly pid: number;
  /** Distinguishes the process from a later one with the same pid. */
  readonly mark: string;
  readonly folder: string;
};

/**
 * Not below the system's temporary folder, which may be a small one in memory
 * or one that PostgreSQL's own user cannot enter.
 */
export const testRunsFolder = `/var/tmp/payflow-test-${process.getuid?.() ?? 0}`;

export function currentTestRun(): TestRun {
  const isWorker = process.env["BUN_TEST_WORKER_ID"] !== undefined;
  const pid = isWorker ? process.ppid : process.pid;
  const mark = startMark(pid)?.replaceAll(/\W/g, "") ?? "";
  const folder = join(testRunsFolder, `${pid}-${mark}`);
  mkdirSync(folder, { recursive: true });
  for (const path of [testRunsFolder, folder]) chmodSync(path, 0o755);
  return { pid, mark, folder };
}

export function isRunning(run: Pick<TestRun, "pid" | "mark">): boolean {
  return startMark(run.pid)?.replaceAll(/\W/g, "") === run.mark;
}
