// One stack a data folder. Built-in modules only.
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { endLeftover, readPidFile } from "./leftover.ts";
import { UserError } from "./user_error.ts";

const mark = "local-stack/main.ts";

/** The pid of the stack that runs on this folder. */
export function runningStack(dataDir: string): number | undefined {
  const found = readPidFile(lockFile(dataDir), mark);
  return found.state === "ours" ? found.pid : undefined;
}

/** @throws UserError when a stack runs on this folder already */
export function lockStack(dataDir: string): { unlock(): void } {
  const file = lockFile(dataDir);
  const running = runningStack(dataDir);
  if (running !== undefined) {
    throw new UserError(
      `PayFlow already runs on ${dataDir} (pid ${running}): stop it by bun run stop, or set PAYFLOW_DATA_DIR and other ports for a second one.`,
    );
  }
  mkdirSync(dataDir, { recursive: true });
  rmSync(file, { force: true });
  // "wx": of two that start at the same time, one makes the file.
  const lock = openSync(file, "wx");
  writeSync(lock, `${process.pid}\n`);
  closeSync(lock);
  return { unlock: () => rmSync(file, { force: true }) };
}

/** Stops the stack in order and waits for its end; false when none runs. */
export function stopStack(dataDir: string): Promise<boolean> {
  // A stack at work on its end needs longer than a single server.
  return endLeftover(lockFile(dataDir), { mark, withinMs: 60_000 });
}

function lockFile(dataDir: string): string {
  return join(dataDir, "stack.pid");
}
