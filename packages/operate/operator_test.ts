import { expect, test } from "bun:test";
import { hostname } from "node:os";

/** The operator's name in a process with this environment; Bun reads the user's name at the start. */
function nameWith(env: Record<string, string>): string {
  const code = `const { operatorName } = require("./operator.ts"); console.log(operatorName());`;
  const command = [process.execPath, "--no-env-file", "-e", code];
  return Bun.spawnSync(command, { env, cwd: import.meta.dir })
    .stdout.toString()
    .trim();
}

test("operatorName() names the user by the environment, else by the system, else by id and host", () => {
  const PATH = process.env["PATH"] ?? "";
  expect(nameWith({ PATH, USER: "lee" })).toBe("cli:lee");
  const named = Bun.spawnSync(["id", "-un"]).stdout.toString().trim();
  expect(nameWith({ PATH })).toBe(`cli:${named}`);
  expect(nameWith({ PATH: "" })).toBe(`cli:uid ${process.getuid?.()} on ${hostname()}`);
});
