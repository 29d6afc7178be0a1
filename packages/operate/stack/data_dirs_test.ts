import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { dataDirIn } from "./data_dirs.ts";

test("dataDirIn() is below the clone, unless it is set", () => {
  expect(dataDirIn("/clone", {})).toBe("/clone/.payflow");
  const env = { PAYFLOW_DATA_DIR: "~/.payflow" };
  expect(dataDirIn("/clone", env)).toBe(join(homedir(), ".payflow"));
});
