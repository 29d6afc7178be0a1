import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../testing/eventually.ts";
import { endLeftover, readPidFile, writePidFile } from "./leftover.ts";
import { commandLine } from "./process_table.ts";

test("endLeftover() signals a process only when its start time is the pid file's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "payflow-leftover-"));
  const file = join(folder, "part.pid");
  const mark = `part-of-${folder}`;
  const child = Bun.spawn(["sleep", "60"], { argv0: mark });
  try {
    // spawn() returns before the new program's command line is readable
    await eventually(() => commandLine(child.pid)?.includes(mark) ?? false);
    writeFileSync(file, `${child.pid} 1\n`);
    expect(readPidFile(file, mark)).toEqual({ state: "reused", pid: child.pid });
    expect(await endLeftover(file, { mark })).toBe(false);
    expect(child.exitCode).toBeNull();
    // PostgreSQL's own pid file has no start time on its first line
    writeFileSync(file, `${child.pid}\n/data\n`);
    expect(readPidFile(file, mark)).toEqual({ state: "ours", pid: child.pid });
    expect(readPidFile(file, "another")).toEqual({ state: "reused", pid: child.pid });
    writePidFile(file, child.pid);
    expect(await endLeftover(file, { mark })).toBe(true);
    expect(await child.exited).not.toBe(0);
    expect(readPidFile(file, mark)).toEqual({ state: "none" });
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});
