import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../package.json";

setDefaultTimeout(600_000);

const root = join(import.meta.dir, "..", "..");
const dataDir = mkdtempSync(join(tmpdir(), "payflow-commands-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Every command of package.json that is a program of PayFlow, and the processes that its containers run. */
const commands = [
  ...Object.values(scripts)
    .filter((script) => /^bun \S+\.ts/.test(script))
    .map((script) => script.split(" ").slice(1)),
  ...["order", "payment", "toss-sandbox"].map((name) => [`packages/${name}/main.ts`]),
];

function run(command: readonly string[], ...words: string[]) {
  const ran = Bun.spawnSync([process.execPath, ...command, ...words], {
    cwd: root,
    env: { ...process.env, PAYFLOW_DATA_DIR: dataDir },
    stdin: "ignore",
  });
  const text = ran.stdout.toString() + ran.stderr.toString();
  return { exitCode: ran.exitCode, text };
}

test("there are commands", () => {
  expect(commands.length).toBeGreaterThan(12);
});

test.each(commands.map((command) => [command.join(" "), command] as const))(
  "%s: help does nothing but help, and what is not known is refused",
  (_, command) => {
    for (const help of ["--help", "-h"])
      expect(run(command, help)).toEqual({
        exitCode: 0,
        text: expect.stringMatching(/bun run|bun start|takes no arguments/),
      });
    for (const unknown of ["--nope", "--force=1"])
      expect(run(command, unknown)).toMatchObject({ exitCode: 2 });
    expect(readdirSync(dataDir)).toEqual([]);
  },
);

const reset = ["packages/operate/main.ts", "reset"];
const secrets = join(dataDir, "secrets.json");

test("reset keeps all data without a terminal, and takes --yes", () => {
  writeFileSync(secrets, "{}");
  expect(run(reset)).toEqual({
    exitCode: 2,
    text: expect.stringContaining("Nothing was done: add --yes to agree."),
  });
  expect(existsSync(secrets)).toBe(true);
  expect(run(reset, "--yes").exitCode).toBe(0);
  expect(existsSync(secrets)).toBe(false);
});

test("reset prompts in a terminal, and only yes is yes", async () => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(secrets, "{}");
  for (const answer of ["\r", "y\r", "no\r", "\u0003", "\u0004"]) {
    expect(await answered(answer), JSON.stringify(answer)).toBe(1);
    expect(existsSync(secrets), JSON.stringify(answer)).toBe(true);
  }
  expect(await answered("yes\r")).toBe(0);
  expect(existsSync(secrets)).toBe(false);
});

/** The exit code after this was typed. */
async function answered(keys: string): Promise<number> {
  let shown = "";
  const prompted = Promise.withResolvers<void>();
  const ran = Bun.spawn([process.execPath, ...reset], {
    cwd: root,
    env: { ...process.env, PAYFLOW_DATA_DIR: dataDir },
    terminal: {
      data(_, bytes) {
        shown += new TextDecoder().decode(bytes);
        if (shown.includes("Type yes to continue: ")) prompted.resolve();
      },
    },
  });
  await Promise.race([prompted.promise, ran.exited]);
  ran.terminal?.write(keys);
  return await ran.exited;
}
