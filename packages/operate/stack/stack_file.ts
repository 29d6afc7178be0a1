// The addresses of a running stack's servers, for other commands.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireUsable } from "./data_dirs.ts";
import type { Addresses } from "./service_environment.ts";
import { runningStack } from "./stack_lock.ts";
import { UserError } from "@payflow/local-stack";

export function writeStackFile(dataDir: string, addresses: Addresses): void {
  const options = { mode: 0o600 };
  writeFileSync(stackFile(dataDir), JSON.stringify(addresses), options);
}

export function removeStackFile(dataDir: string): void {
  rmSync(stackFile(dataDir), { force: true });
}

/** @throws UserError when no stack of this user's runs on this folder */
export function readStackFile(dataDir: string): Addresses {
  try {
    return JSON.parse(readFileSync(stackFile(dataDir), "utf8")) as Addresses;
  } catch {
    requireUsable(dataDir);
    const pid = runningStack(dataDir);
    if (pid !== undefined)
      throw new UserError(
        `PayFlow on ${dataDir} is being started or stopped (pid ${pid}): run this again after its line "ready after".`,
      );
    throw new UserError(
      `PayFlow does not run on ${dataDir}: start it by bun start, or name its folder in PAYFLOW_DATA_DIR.`,
    );
  }
}

function stackFile(dataDir: string): string {
  return join(dataDir, "stack.json");
}
