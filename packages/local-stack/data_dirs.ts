// Where the parts keep their files. Built-in modules only.
import { join } from "node:path";
import type { Settings } from "./settings.ts";

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

export function serviceMain(root: string, name: keyof typeof serviceFolders): string {
  return join(root, "packages", serviceFolders[name], "main.ts");
}
