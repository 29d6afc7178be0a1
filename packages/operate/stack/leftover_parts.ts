// Finds parts that a killed start left running, by the pid files in the data folder. Built-in modules only.
import {
  endLeftover,
  endLeftoverBroker,
  endLeftoverServer,
  findCluster,
} from "@payflow/local-stack";
import { brokerDir, serviceFolders, serviceMain, servicePidFile } from "./data_dirs.ts";
import type { Settings } from "./settings.ts";

/** Ends all parts that still run on this data folder: gracefully, unless a signal is given. */
export async function endLeftovers(settings: Settings, signal?: NodeJS.Signals): Promise<void> {
  const { root, dataDir } = settings;
  const names = Object.keys(serviceFolders) as (keyof typeof serviceFolders)[];
  await Promise.all(
    names.map((name) =>
      endLeftover(servicePidFile(dataDir, name), { mark: serviceMain(root, name), signal }),
    ),
  );
  const cluster = findCluster(dataDir);
  await Promise.all([
    cluster.state === "there" ? endLeftoverServer(cluster.dir, signal) : undefined,
    endLeftoverBroker(brokerDir(settings), signal),
  ]);
}
