// Identifies processes. After a crash or a reboot, a pid may belong to another program, so its
// command line is checked before a signal is sent. Built-in modules only.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The command line, joined by spaces; undefined when the process has ended. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== "linux") return ps(pid, "args=");
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    // A zombie has an empty one: the process has ended, but its parent has not reaped it.
    return text.replaceAll("\0", " ").trim() || undefined;
  } catch {
    return undefined;
  }
}

export function parentOf(pid: number): number | undefined {
  if (process.platform !== "linux") return Number(ps(pid, "ppid=")) || undefined;
  return Number(statFields(pid)?.[1]) || undefined;
}

/** Distinguishes a process from a later one with the same pid; undefined when it has ended. */
export function startMark(pid: number): string | undefined {
  if (process.platform !== "linux") return ps(pid, "lstart=");
  const fields = statFields(pid);
  return fields?.[0] === "Z" ? undefined : fields?.[19];
}

/** The fields of proc(5) stat from the state on; the name before it may hold spaces. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string | undefined {
  const run = spawnSync("ps", ["-ww", "-o", column, "-p", String(pid)], {
    encoding: "utf8",
    timeout: 5_000,
    // ps prints start times in the zone and language of its caller, and pid files outlive their caller
    env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
  });
  return run.stdout?.trim() || undefined;
}
