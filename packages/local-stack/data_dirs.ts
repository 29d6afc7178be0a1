// Where the parts keep their files. Built-in modules only.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { isRoot, rootsPostgresDir } from "./postgres_user.ts";
import type { Settings } from "./settings.ts";

/** In the data folder, or, as root, in one of its own that PostgreSQL's user can enter. */
export function clusterDir({ dataDir }: Settings): string {
  if (!isRoot()) return join(dataDir, "postgres");
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  return join(rootsPostgresDir, name, "postgres");
}

export function brokerDir({ dataDir }: Settings): string {
  return join(dataDir, "kafka");
}

export function servicePidFile(dataDir: string, name: string): string {
  return join(dataDir, "pids", `${name}.pid`);
}

export const serviceFolders = {
  sandbox: "toss-sandbox",
  payment: "payment",
  order: "order",
} as const;

export function serviceMain(
  root: string,
  name: keyof typeof serviceFolders,
): string {
  return join(root, "packages", serviceFolders[name], "main.ts");
}
