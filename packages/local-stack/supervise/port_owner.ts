// Finds the process that listens on a port, for error messages. Built-in modules only.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { commandLine } from "./process_table.ts";

/** "node server.js (pid 4711)"; undefined when it is not known. */
export function portOwner(port: number): string | undefined {
  const pid = process.platform === "linux" ? pidByProc(port) : pidByLsof(port);
  const command = pid && commandLine(pid);
  return command ? `${command.slice(0, 80)} (pid ${pid})` : undefined;
}

function pidByLsof(port: number): number | undefined {
  const run = spawnSync("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"], {
    encoding: "utf8",
    timeout: 5_000,
  });
  return Number.parseInt(run.stdout ?? "", 10) || undefined;
}

function pidByProc(port: number): number | undefined {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(readOr);
  const inodes = new Set(tables.flatMap((table) => listeners(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of listOr(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOr(`/proc/${pid}/fd/${fd}`));
      if (inode?.[1] && inodes.has(inode[1])) return Number(pid);
    }
  }
  return undefined;
}

/** The socket inodes of a proc(5) net/tcp table that listen on the port. */
export function listeners(table: string, port: number): string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(ending) && state === "0A")
    .map((fields) => fields[9] ?? "");
}

// Processes can end meanwhile, and other users' processes are not readable.
function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listOr(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
