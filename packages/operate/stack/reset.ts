import { rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clusterIdFile, removeCluster } from "@payflow/local-stack";
import type { Settings } from "./settings.ts";

/** Removed by name, so that a wrong PAYFLOW_DATA_DIR loses no other files. */
const names = [
  clusterIdFile,
  `${clusterIdFile}.half`,
  "kafka",
  "pids",
  "postgres",
  // left by an interrupted initdb
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

/** Removes all data and generated keys of a stack that does not run. */
export function reset(settings: Settings): void {
  const { dataDir } = settings;
  removeCluster(dataDir);
  for (const name of names) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  try {
    rmdirSync(dataDir);
  } catch {
    // The folder does not exist, or contains files that are not PayFlow's.
  }
}
