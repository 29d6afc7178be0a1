// Finds and ends servers that a killed process left running, by their pid files. Built-in modules
// only.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { endLeftover, readPidFile } from "../supervise/leftover.ts";
import { abandonedClusters, type AbandonedCluster } from "./cluster_place.ts";

/**
 * Ends the PostgreSQL server of this folder. A pid file whose pid now belongs to another program is
 * removed, because PostgreSQL would refuse to start. A pid file of an ended process stays, because
 * PostgreSQL uses it to find sessions of the old server.
 */
export async function endLeftoverServer(
  dataDir: string,
  signal: NodeJS.Signals = "SIGINT",
): Promise<void> {
  const file = join(dataDir, "postmaster.pid");
  await endLeftover(file, { mark: dataDir, signal });
  if (readPidFile(file, dataDir).state === "reused") rmSync(file);
}

export async function endLeftoverBroker(dataDir: string, signal?: NodeJS.Signals): Promise<void> {
  const mark = join(dataDir, "server.properties");
  await endLeftover(join(dataDir, "kafka.pid"), { mark, signal });
}

/** Clusters that no data folder names any more and that have no running server. */
export function idleAbandonedClusters(): AbandonedCluster[] {
  return abandonedClusters().filter(({ folder }) => {
    const dir = join(folder, "postgres");
    return readPidFile(join(dir, "postmaster.pid"), dir).state !== "ours";
  });
}
