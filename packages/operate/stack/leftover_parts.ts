// What a killed start left running, by the pid files in the data folder. Built-in modules only.
import {
  endLeftover,
  endLeftoverBroker,
  endLeftoverServer,
  findCluster,
} from "@payflow/local-stack";
import { brokerDir, serviceFolders, serviceMain, servicePidFile } from "./data_dirs.ts";
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
