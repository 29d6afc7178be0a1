// CPU time and memory of running processes, from proc(5): Linux only, undefined elsewhere.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** USER_HZ, which is 100 on every Linux that Bun runs on. */
const ticksPerSecond = 100;

export type ProcessStat = {
  readonly parent: number;
  /** CPU time of the process itself, in microseconds. */
  readonly ownMicros: number;
  /** The same for its children that have ended. */
  readonly endedChildrenMicros: number;
};

/** The fields of /proc/PID/stat; the command before them may hold spaces and parentheses. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const micros = (from: number) =>
    ((Number(fields[from]) + Number(fields[from + 1])) * 1e6) / ticksPerSecond;
  return { parent: Number(fields[1]), ownMicros: micros(11), endedChildrenMicros: micros(13) };
}

function statOf(pid: number): ProcessStat | undefined {
  const text = readOr(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** CPU time of the process in microseconds; undefined when it is not known. */
export function cpuMicrosOf(pid: number): number | undefined {
  return statOf(pid)?.ownMicros;
}

/** The same for a process and its direct children, including those that have ended. */
export function treeMicrosOf(pid: number): number | undefined {
  const root = statOf(pid);
  if (root === undefined) return undefined;
  let micros = root.ownMicros + root.endedChildrenMicros;
  for (const each of processIds()) {
    const stat = statOf(each);
    if (stat?.parent === pid) micros += stat.ownMicros;
  }
  return micros;
}

/** Resident memory in MB (1,000,000 bytes). */
export function memoryMbOf(pid: number): number | undefined {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readOr(`/proc/${pid}/status`) ?? "")?.[1];
  return kib === undefined ? undefined : (Number(kib) * 1024) / 1e6;
}

/** The shared part of its resident memory, in MB: mainly Bun's own program. */
export function sharedMbOf(pid: number): number | undefined {
  const parts = [
    ...(readOr(`/proc/${pid}/smaps_rollup`) ?? "").matchAll(/^Shared_\w+:\s+(\d+) kB$/gm),
  ];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, kib]) => sum + (Number(kib) * 1024) / 1e6, 0);
}

export function parentOf(pid: number): number | undefined {
  return statOf(pid)?.parent;
}

/** The broker whose working folder has a server.properties with this port. */
export function kafkaPid(port: number): number | undefined {
  return processIds().find((pid) => {
    if (!readOr(`/proc/${pid}/cmdline`)?.includes("kafka.Kafka")) return false;
    const settings = readOr(`${linkOr(`/proc/${pid}/cwd`)}/server.properties`);
    return settings?.includes(`PLAINTEXT://127.0.0.1:${port},`) ?? false;
  });
}

function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

// processes end while they are being read
function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
