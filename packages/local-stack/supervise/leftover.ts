// What a start that was killed leaves behind: processes without a parent and
// pid files without a process.
import { readFileSync, writeFileSync } from "node:fs";
import { commandLine } from "./process_table.ts";

/** Kafka and PostgreSQL finish writing in well under this. */
const endsWithinMs = 15_000;

export function writePidFile(path: string, pid: number): void {
  writeFileSync(path, `${pid}\n`);
}

/** What a pid file says, checked against what runs. */
export type PidFile =
  | { readonly state: "none" }
  | { readonly state: "ours"; readonly pid: number }
  /** The number was given to another program since. */
  | { readonly state: "reused"; readonly pid: number };

/** A process is ours when its command line holds `mark`. */
export function readPidFile(path: string, mark: string): PidFile {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(path, "utf8"), 10);
  } catch {
    return { state: "none" };
  }
  const command = pid > 1 ? commandLine(pid) : undefined;
  if (command === undefined) return { state: "none" };
  const ours = pid !== process.pid && command.includes(mark);
  return { state: ours ? "ours" : "reused", pid };
}

/**
 * Ends the process that the pid file names, by SIGKILL when the signal did not
 * do. Only a process whose command line holds `mark` gets a signal.
 * @returns whether one was running
 */
export async function endLeftover(
  pidFile: string,
  options: {
    readonly mark: string;
    readonly signal?: NodeJS.Signals | undefined;
    readonly withinMs?: number;
  },
): Promise<boolean> {
  const found = readPidFile(pidFile, options.mark);
  if (found.state !== "ours") return false;
  const runs = () => commandLine(found.pid)?.includes(options.mark) ?? false;
  send(found.pid, options.signal ?? "SIGTERM");
  await untilFalse(runs, options.withinMs ?? endsWithinMs);
  if (runs()) {
    send(found.pid, "SIGKILL");
    await untilFalse(runs, endsWithinMs);
  }
  return true;
}

async function untilFalse(check: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (check() && performance.now() < deadline) await Bun.sleep(50);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
