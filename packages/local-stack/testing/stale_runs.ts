// Cleans up after killed keepers of earlier runs.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endLeftoverBroker, endLeftoverServer } from "../mod.ts";
import { isRunning, testRunsFolder } from "./test_run.ts";

/** A run's keepers clean up by themselves within this time after its end. */
const keepersEndWithinMs = 5_000;

export async function removeStaleRuns(): Promise<void> {
  const stale = () =>
    readdirSync(testRunsFolder).filter((name) => {
      const [pid, mark = ""] = name.split("-");
      return !isRunning({ pid: Number(pid), mark });
    });
  const first = new Set(stale());
  if (first.size === 0) return;
  await Bun.sleep(keepersEndWithinMs);
  for (const run of stale().filter((name) => first.has(name))) {
    const folder = join(testRunsFolder, run);
    for (const part of readdirSync(folder)) {
      await endLeftoverServer(join(folder, part, "data"));
      await endLeftoverBroker(join(folder, part, "data"));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
