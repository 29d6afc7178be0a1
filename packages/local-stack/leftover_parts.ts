// What a killed start left running, by the pid files in the folders.
// Built-in modules only.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { brokerDir, serviceFolders, serviceMain, servicePidFile } from "./data_dirs.ts";
import { findCluster, leftClusters, type LeftCluster } from "./cluster_place.ts";
import { endLeftover, readPidFile } from "./leftover.ts";
import type { Settings } from "./settings.ts";

/** Ends all parts that still run on this data folder. */
export async function endLeftovers(settings: Settings): Promise<void> {
  const { root, dataDir } = settings;
  const names = Object.keys(serviceFolders) as (keyof typeof serviceFolders)[];
  await Promise.all(
    names.map((name) =>
      endLeftover(servicePidFile(dataDir, name), { mark: serviceMain(root, name) }),
    ),
  );
  const cluster = findCluster(dataDir);
  await Promise.all([
    cluster.state === "there" ? endLeftoverServer(cluster.dir) : undefined,
    endLeftoverBroker(brokerDir(settings)),
  ]);
}

/**
 * A file whose pid is another program's now is removed, since PostgreSQL would
 * refuse to start; one whose process is gone stays, since PostgreSQL looks
 * after sessions by it.
 */
export async function endLeftoverServer(dataDir: string): Promise<void> {
  const file = join(dataDir, "postmaster.pid");
  await endLeftover(file, { mark: dataDir, signal: "SIGINT" });
  if (readPidFile(file, dataDir).state === "reused") rmSync(file);
}

/** Clusters that no data folder names any more, and no server runs on. */
export function idleLeftClusters(): LeftCluster[] {
  return leftClusters().filter(({ folder }) => {
    const dir = join(folder, "postgres");
    return readPidFile(join(dir, "postmaster.pid"), dir).state !== "ours";
  });
}

export async function endLeftoverBroker(dataDir: string): Promise<void> {
  const mark = join(dataDir, "server.properties");
  await endLeftover(join(dataDir, "kafka.pid"), { mark });
}
