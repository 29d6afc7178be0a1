// A test that leaves a process behind takes ports and memory from all that come
// after it. Such processes are found by a mark in their environment (Linux).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { commandLine } from "../supervise/process_table.ts";

const variable = "PAYFLOW_TEST_PROCESS";
/** Servers of a test's own end by themselves, within a second of the test. */
const endsWithinMs = 5_000;

export function leakMark(): Record<string, string> {
  return { [variable]: crypto.randomUUID() };
}

/**
 * Waits for the processes with this mark to end, ends those that don't, and
 * gives their command lines.
 */
export async function endLeaked(mark: Record<string, string>): Promise<string[]> {
  const deadline = Date.now() + endsWithinMs;
  while (marked(mark).length > 0 && Date.now() < deadline) await Bun.sleep(50);
  const leaked = marked(mark);
  const names = leaked.map((pid) => commandLine(pid) ?? String(pid));
  for (const pid of leaked) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended in the meantime.
    }
  }
  return names;
}

function marked(mark: Record<string, string>): number[] {
  if (!existsSync("/proc/self/environ")) return [];
  const text = `${variable}=${mark[variable]}\0`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && environment(name).includes(text))
    .map(Number);
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
