import { rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { clusterDir } from "./data_dirs.ts";
import type { Settings } from "./settings.ts";

/** By name, so that a data folder set to the wrong place loses nothing else. */
const names = [
  "kafka",
  "pids",
  "postgres",
  "secrets.json",
  "stack.json",
  "stack.pid",
  "toss-sandbox.sqlite",
  "toss-sandbox.sqlite-shm",
  "toss-sandbox.sqlite-wal",
];

/** Removes all data and made-up keys of a stack that does not run. */
export function reset(settings: Settings): void {
  const cluster = clusterDir(settings);
  for (const path of [
    ...names.map((name) => join(settings.dataDir, name)),
    cluster,
  ]) {
    rmSync(path, { recursive: true, force: true });
  }
  for (const folder of [settings.dataDir, dirname(cluster)]) {
    try {
      rmdirSync(folder);
    } catch {
      // It never was there, or holds files that are not PayFlow's.
    }
  }
}
