// One stack per data folder. Built-in modules only.
import { linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endLeftover, readPidFile, UserError, writePidFile } from "@payflow/local-stack";

const mark = "operate/main.ts";

/** The pid of the stack that runs on this folder. */
export function runningStack(dataDir: string): number | undefined {
  const found = readPidFile(lockFile(dataDir), mark);
  return found.state === "ours" ? found.pid : undefined;
}

/** @throws UserError when a stack runs on this folder already */
export function lockStack(dataDir: string): { unlock(): void } {
  const file = lockFile(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // The file is complete before it is linked: of two concurrent starts only one gets the name.
  const own = `${file}.${process.pid}`;
  writePidFile(own, process.pid);
  try {
    const running = runningStack(dataDir);
    if (running !== undefined) throw alreadyRuns(dataDir, `pid ${running}`);
    removeStale(file);
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw alreadyRuns(dataDir, "just started");
  } finally {
    rmSync(own);
  }
  return { unlock: () => rmSync(file, { force: true }) };
}

/** Removes a stale pid file, unless another start has replaced it meanwhile. */
function removeStale(file: string): void {
  const taken = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, taken);
  } catch {
    return;
  }
  if (readPidFile(taken, mark).state === "ours") linkSync(taken, file);
  rmSync(taken);
}

function alreadyRuns(dataDir: string, which: string): UserError {
  return new UserError(
    `PayFlow already runs on ${dataDir} (${which}): stop it by bun run stop, or set PAYFLOW_DATA_DIR and other ports for a second one.`,
  );
}

/** Stops the stack in order and waits for its end; false when none runs. */
export function stopStack(dataDir: string): Promise<boolean> {
  // Stopping a whole stack takes longer than stopping a single server.
  return endLeftover(lockFile(dataDir), { mark, withinMs: 60_000 });
}

function lockFile(dataDir: string): string {
  return join(dataDir, "stack.pid");
}
