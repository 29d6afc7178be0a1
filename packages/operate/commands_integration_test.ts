import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError, type Program } from "@payflow/local-stack";
import { scripts } from "../../package.json";
import { contextOf } from "./context.ts";
import { payflow } from "./payflow.ts";
import { runPayflow } from "./testing/mod.ts";

setDefaultTimeout(600_000);

const root = join(import.meta.dir, "..", "..");
const dataDir = mkdtempSync(join(tmpdir(), "payflow-commands-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Every command of package.json that runs a program of PayFlow, and the programs of its containers. */
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

/** Every command of payflow, as a list of words. */
function leaves(entry: Program["root"], words: readonly string[] = []): (readonly string[])[] {
  if (!("commands" in entry)) return [words];
  return Object.entries(entry.commands).flatMap(([name, each]) => leaves(each, [...words, name]));
}
const payflowCommands = leaves(payflow(contextOf({ PAYFLOW_DATA_DIR: dataDir })).root);

test("payflow shows help for each of its commands, and rejects unknown options", async () => {
  expect(payflowCommands.length).toBeGreaterThan(15);
  for (const words of payflowCommands) {
    const { text } = await runPayflow([...words, "--help"]);
    const usage = `Usage: bun run payflow ${words.join(" ")}`;
    expect(text, words.join(" ")).toContain(usage);
    expect(await runPayflow(["help", ...words])).toMatchObject({ text });
    await expect(runPayflow([...words, "--nope"])).rejects.toThrow(UsageError);
  }
  expect(readdirSync(dataDir)).toEqual([]);
});

test("the scripts of package.json are commands of payflow", async () => {
  const short = Object.entries(scripts).filter(([, script]) => script.includes("operate/main.ts "));
  expect(short.length).toBeGreaterThan(10);
  for (const [name, script] of short) {
    expect(script).toBe(`bun packages/operate/main.ts ${name}`);
    expect((await runPayflow(["help", name])).text).toContain(`bun run payflow ${name}`);
  }
});

test("a command ends silently when its reader closes the pipe", async () => {
  const main = [process.execPath, "packages/operate/main.ts", "--help"].join(" ");
  const piped = `for n in 1 2 3 4 5; do ${main}; echo "ended with $?" >&2; done | head -1`;
  const ran = Bun.spawnSync(["sh", "-c", piped], { cwd: root, stdin: "ignore" });
  expect(ran.stdout.toString()).toStartWith("PayFlow: ");
  expect(ran.stderr.toString()).toBe("ended with 0\n".repeat(5));
});

test("a command that runs until Ctrl-C ends when its reader closes the pipe", async () => {
  const program = join(dataDir, "forever.ts");
  writeFileSync(
    program,
    `import { runProgram } from ${JSON.stringify(join(root, "packages/local-stack/mod.ts"))};
    await runProgram({ name: "ticks", root: { summary: "", async run(_, io) {
      const stopped = io.stopped();
      while (!stopped.aborted) {
        await io.print("tick\\n");
        await Bun.sleep(10);
      }
      io.note("left in order");
    } } }, []);`,
  );
  const piped = `(${process.execPath} '${program}'; echo "ended with $?" >&2) | head -1`;
  const ran = Bun.spawnSync(["sh", "-c", piped], { stdin: "ignore", timeout: 60_000 });
  rmSync(program);
  expect(ran.stdout.toString()).toBe("tick\n");
  expect(ran.stderr.toString()).toBe("left in order\nended with 0\n");
});

test("help has colours in a terminal only, and never with NO_COLOR", async () => {
  const shownIn = async (extra: Record<string, string>) => {
    let shown = "";
    const { NO_COLOR: _, ...env } = process.env;
    const ran = Bun.spawn([process.execPath, "packages/operate/main.ts", "help"], {
      cwd: root,
      env: { ...env, TERM: "xterm", ...extra },
      terminal: { data: (_, bytes) => void (shown += new TextDecoder().decode(bytes)) },
    });
    await ran.exited;
    return shown;
  };
  // variables by which other programs decide about colours have no effect; CI is set in CI jobs
  for (const extra of [{}, { CI: "true" }, { NODE_DISABLE_COLORS: "1" }, { TERM: "dumb" }])
    expect(await shownIn(extra)).toContain("\u001b[1mUsage:");
  const plain = await shownIn({ NO_COLOR: "1" });
  expect(plain).toContain("Usage:");
  expect(plain).not.toContain("\u001b");
  expect(run(["packages/operate/main.ts"], "help").text).not.toContain("\u001b");
});

test.each(commands.map((command) => [command.join(" "), command] as const))(
  "%s: --help only shows help, and unknown options are rejected",
  (_, command) => {
    for (const help of ["--help", "-h"])
      expect(run(command, help)).toEqual({
        exitCode: 0,
        text: expect.stringMatching(/Usage: bun |takes no arguments/),
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
    text: expect.stringContaining("Nothing was done: add --yes to agree"),
  });
  expect(existsSync(secrets)).toBe(true);
  expect(run(reset, "--yes").exitCode).toBe(0);
  expect(existsSync(secrets)).toBe(false);
});

test("reset prompts in a terminal, and accepts only yes", async () => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(secrets, "{}");
  for (const answer of ["\r", "y\r", "no\r", "\u0003", "\u0004"]) {
    expect(await answered(answer), JSON.stringify(answer)).toBe(1);
    expect(existsSync(secrets), JSON.stringify(answer)).toBe(true);
  }
  expect(await answered("yes\r")).toBe(0);
  expect(existsSync(secrets)).toBe(false);
});

/** The exit code after these keys were typed. */
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
