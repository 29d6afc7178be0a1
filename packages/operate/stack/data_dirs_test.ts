import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "@payflow/local-stack";
import { dataDirIn, mustBeOurs } from "./data_dirs.ts";
import { readStackFile } from "./stack_file.ts";

test("dataDirIn() is below the clone, unless it is set", () => {
  expect(dataDirIn("/clone", {})).toBe("/clone/.payflow");
  const env = { PAYFLOW_DATA_DIR: "~/.payflow" };
  expect(dataDirIn("/clone", env)).toBe(join(homedir(), ".payflow"));
});

test("a data folder that can't be looked into is not taken for one where nothing runs", () => {
  const behindFile = join(import.meta.path, "data");
  for (const look of [() => mustBeOurs(behindFile), () => readStackFile(behindFile)])
    expect(look).toThrow(/cannot be used \(ENOTDIR\)/);
  expect(() => mustBeOurs("/nowhere")).not.toThrow();
  expect(() => readStackFile("/nowhere")).toThrow(UserError);
});
