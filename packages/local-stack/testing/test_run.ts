// The run that a test belongs to: the `bun test` process (with --parallel, the parent of the
// workers), or the test driver. The servers of a run share one folder, named after that process, so
// that the end of the run can be detected.
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
 * Not in the system's temporary folder, which may be small and in memory, or closed to PostgreSQL's
 * user.
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
