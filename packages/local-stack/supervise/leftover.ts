// Cleans up after a killed start: orphaned processes and stale pid files.
import { readFileSync, writeFileSync } from "node:fs";
import { commandLine, startMark } from "./process_table.ts";

/** Kafka and PostgreSQL finish their writes in much less. */
const endsWithinMs = 15_000;

/** Includes the start time, because after a reboot another of our processes may have the pid. */
export function writePidFile(path: string, pid: number): void {
  writeFileSync(path, `${pid} ${startMark(pid) ?? ""}\n`);
}

/** The content of a pid file, checked against the process table. */
export type PidFile =
  | { readonly state: "none" }
  | { readonly state: "ours"; readonly pid: number }
  /** The pid now belongs to another program. */
  | { readonly state: "reused"; readonly pid: number };

/** A process is ours when its command line contains `mark` and its start time is the file's. */
export function readPidFile(path: string, mark: string): PidFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { state: "none" };
  }
  const [, digits, started = ""] = /^(\d+) ?(.*)/.exec(text) ?? [];
  const pid = Number(digits ?? 0);
  const command = pid > 1 ? commandLine(pid) : undefined;
  if (command === undefined) return { state: "none" };
  const isSame = started === "" || started === startMark(pid);
  const ours = pid !== process.pid && command.includes(mark) && isSame;
  return { state: ours ? "ours" : "reused", pid };
}

/**
 * Ends the process of the pid file, by SIGKILL when `signal` does not end it in time. Signals only
 * a process that `readPidFile` reports as ours.
 * @returns whether the process was running
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
    // The process has already ended.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
