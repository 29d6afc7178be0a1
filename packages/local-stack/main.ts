// The one command. Only built-in modules are imported up here, so that it runs
// on a fresh clone: packages are installed first, and used after.
import { join } from "node:path";
import { ensureInstalled } from "./install.ts";
import { endLeftovers } from "./leftover_parts.ts";
import { preflight } from "./preflight.ts";
import { reset } from "./reset.ts";
import { readSettings, type Settings } from "./settings.ts";
import { lockStack, stopStack } from "./stack_lock.ts";
import { listenForStop } from "./stop_request.ts";
import { createTerminal } from "./terminal.ts";
import { UserError } from "./user_error.ts";

const usage = `How to use it:
  bun start                        start everything
  bun run stop                     stop it from another terminal
  bun run reset                    stop it and wipe its data
  bun run db order ["select …"]    look into a database (order, payment)
  bun run kafka topics             list the topics
  bun run kafka consume TOPIC [--from-beginning] [--max N]`;

const root = join(import.meta.dir, "..", "..");
const [command, ...args] = process.argv.slice(2);
try {
  await run(command, args);
  process.exit(0);
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
}

async function run(name: string | undefined, words: string[]): Promise<void> {
  const { settings, faults } = readSettings(process.env, root);
  const { dataDir } = settings;
  switch (name) {
    case "start":
      return start(settings, faults);
    case "stop": {
      const ran = await stopStack(dataDir);
      await endLeftovers(settings);
      console.log(
        ran
          ? "PayFlow is stopped; its data stays."
          : `PayFlow does not run on ${dataDir}.`,
      );
      return;
    }
    case "reset":
      await stopStack(dataDir);
      await endLeftovers(settings);
      reset(settings);
      console.log(`All data of PayFlow in ${dataDir} is gone.`);
      return;
    case "db":
      ensureInstalled(root);
      return (await import("./database_shell.ts")).databaseShell(
        dataDir,
        words,
      );
    case "kafka":
      ensureInstalled(root);
      return (await import("./kafka_shell.ts")).kafkaShell(
        { dataDir, env: process.env },
        words,
      );
    default:
      throw new UserError(usage);
  }
}

async function start(settings: Settings, faults: string[]): Promise<void> {
  const terminal = createTerminal(process.stdout);
  const stop = listenForStop();
  terminal.say("looking at what this machine has");
  const lock = faults.length === 0 ? lockWritable(settings.dataDir) : undefined;
  try {
    if (lock) await endLeftovers(settings);
    const missing = [...faults, ...preflight(settings, process.env)];
    if (missing.length > 0) throw new UserError(list(missing));
    terminal.say("bringing the packages in step with bun.lock");
    ensureInstalled(root);
    const { runStack } = await import("./run_stack.ts");
    await runStack({ settings, env: process.env, terminal, stop });
  } finally {
    lock?.unlock();
  }
}

/** A folder that can't be written to is told with all else that is missing. */
function lockWritable(dataDir: string): { unlock(): void } | undefined {
  try {
    return lockStack(dataDir);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return undefined;
  }
}

function list(missing: string[]): string {
  return `PayFlow cannot start yet:\n${missing.map((text) => `  - ${text}`).join("\n")}`;
}
