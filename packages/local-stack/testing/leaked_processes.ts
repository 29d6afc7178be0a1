// A process that a test leaves behind takes ports and memory from later tests. A mark in the
// environment identifies such processes (Linux only).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { commandLine } from "../supervise/process_table.ts";

const variable = "PAYFLOW_TEST_PROCESS";
/** A test's own servers end by themselves within a second after the test. */
const endsWithinMs = 5_000;

export function leakVariable(): Record<string, string> {
  return { [variable]: crypto.randomUUID() };
}

/** Waits for the processes with this mark, kills those that do not end, returns their commands. */
export async function endLeaked(mark: Record<string, string>): Promise<string[]> {
  const deadline = Date.now() + endsWithinMs;
  while (marked(mark).length > 0 && Date.now() < deadline) await Bun.sleep(50);
  const leaked = marked(mark);
  const names = leaked.map((pid) => commandLine(pid) ?? String(pid));
  for (const pid of leaked) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // The process has already ended.
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
