// The data folders of a stack's parts. Built-in modules only.
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { pathSetting, UserError } from "@payflow/local-stack";

/** The folder of the clone. */
export const root = join(import.meta.dir, "..", "..", "..");

/** A stack's data folder: PAYFLOW_DATA_DIR, by default below the clone. */
export function dataDirIn(root: string, env: Readonly<Record<string, string | undefined>>): string {
  return pathSetting(env, "PAYFLOW_DATA_DIR", root) ?? join(root, ".payflow");
}

/**
 * @throws UserError for another user's folder, whose running stack would seem not to run; with `toChange` also when the
 * folder is not writable
 */
export function requireUsable(dataDir: string, { toChange = false } = {}): void {
  const { R_OK, W_OK, X_OK } = constants;
  try {
    accessSync(dataDir, R_OK | X_OK | (toChange ? W_OK : 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    const way =
      code === "EROFS"
        ? "make its disk writable again"
        : "run this as the user who started PayFlow on it";
    throw new UserError(`The data folder ${dataDir} cannot be used (${code}): ${way}.`);
  }
}

export function brokerDir({ dataDir }: { readonly dataDir: string }): string {
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
