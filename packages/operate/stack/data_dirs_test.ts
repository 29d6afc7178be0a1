import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, UserError, writePidFile } from "@payflow/local-stack";
import { eventually } from "@payflow/local-stack/testing";
import { diagnose } from "../doctor.ts";
import { dataDirIn, requireUsable } from "./data_dirs.ts";
import { readStackFile } from "./stack_file.ts";

test("dataDirIn() is below the clone, unless it is set", () => {
  expect(dataDirIn("/clone", {})).toBe("/clone/.payflow");
  const env = { PAYFLOW_DATA_DIR: "~/.payflow" };
  expect(dataDirIn("/clone", env)).toBe(join(homedir(), ".payflow"));
});

test("a data folder that can't be read does not count as one without a running stack", () => {
  const behindFile = join(import.meta.path, "data");
  for (const look of [() => requireUsable(behindFile), () => readStackFile(behindFile)])
    expect(look).toThrow(/cannot be used \(ENOTDIR\)/);
  expect(() => requireUsable("/nowhere")).not.toThrow();
  expect(() => readStackFile("/nowhere")).toThrow(UserError);
});

test("a stack that is being started does not count as stopped", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "payflow-starting-"));
  const stack = Bun.spawn(["sleep", "60"], { argv0: "operate/main.ts" });
  try {
    // spawn() returns before the new program's command line is readable
    await eventually(() => commandLine(stack.pid)?.includes("operate/main.ts") ?? false);
    writePidFile(join(dataDir, "stack.pid"), stack.pid);
    const reason = `being started or stopped (pid ${stack.pid})`;
    expect(() => readStackFile(dataDir)).toThrow(reason);
    const findings = await diagnose({ env: {}, dataDir, root: dataDir });
    expect(findings.filter(({ level }) => level === "fault")).toMatchObject([
      { says: `is ${reason}` },
    ]);
  } finally {
    stack.kill();
    rmSync(dataDir, { recursive: true });
  }
});
