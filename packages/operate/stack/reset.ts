import { rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clusterIdFile, removeCluster } from "@payflow/local-stack";
import type { Settings } from "./settings.ts";

/** By name, so that a data folder set to the wrong place loses nothing else. */
const names = [
  clusterIdFile,
  `${clusterIdFile}.half`,
  "kafka",
  "pids",
  "postgres",
  // of an initdb that was ended
  "postgres.half",
  "postgres.password",
  "secrets.json",
  "secrets.json.half",
  "stack.json",
  "stack.pid",
  "toss-sandbox.sqlite",
  "toss-sandbox.sqlite-shm",
  "toss-sandbox.sqlite-wal",
];

/** Removes all data and made-up keys of a stack that does not run. */
export function reset(settings: Settings): void {
  const { dataDir } = settings;
  removeCluster(dataDir);
  for (const name of names) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  try {
    rmdirSync(dataDir);
  } catch {
    // It never was there, or holds files that are not PayFlow's.
  }
}
