// Starting and stopping the stack, and looking into its servers. Runs on a fresh clone: packages are installed first,
// and loaded after. Built-in modules only until then.
import { rmSync } from "node:fs";
import {
  type Command,
  confirmed,
  createTerminal,
  ensureInstalled,
  idleLeftClusters,
  listenForStop,
  rootsPostgresDir,
  UserError,
} from "@payflow/local-stack";
import { envFileFaults } from "./env_file.ts";
import { kafkaUsage, readLook } from "../kafka_look.ts";
import { endLeftovers } from "./leftover_parts.ts";
import { preflight } from "./preflight.ts";
import { reset } from "./reset.ts";
import { root } from "./data_dirs.ts";
import { readSettings } from "./settings.ts";
import { lockStack, stopStack } from "./stack_lock.ts";

/** By the word that names them. */
export const stackCommands: Readonly<Record<string, Command>> = {
  start: {
    usage: `bun start

Starts everything: PostgreSQL, Kafka, the Toss sandbox and both services. Ctrl-C stops it.
Settings come from the environment and from .env: .env.example explains them.`,
    run: start,
  },
  stop: {
    usage: `bun run stop

Stops the stack of this data folder from another terminal. Its data stays.`,
    run: stop,
  },
  reset: {
    usage: `bun run reset [--yes] [--left-behind]

Stops the stack and deletes all its data: orders, payments, events and generated keys.
Prompts first; --yes agrees in advance, for scripts.

--left-behind  deletes instead what root's data folders that are gone have left in
               ${rootsPostgresDir}: lists it, and prompts.`,
    options: { yes: { type: "boolean" }, "left-behind": { type: "boolean" } },
    run: ({ flags }) =>
      (flags["left-behind"] === true ? wipeLeftBehind : wipe)({ yes: flags["yes"] === true }),
  },
  db: {
    usage: `bun run db DATABASE ["STATEMENT"]

Opens a prompt on a database (order or payment), or runs one statement.`,
    wordsMax: 2,
    async run({ words }) {
      const { settings } = readSettings(process.env, root);
      ensureInstalled(root);
      const { databaseShell } = await import("../database_shell.ts");
      await databaseShell(settings.dataDir, words);
    },
  },
  kafka: {
    usage: kafkaUsage,
    wordsMax: 2,
    options: { "from-beginning": { type: "boolean" }, max: { type: "string" } },
    async run(given) {
      const look = readLook(given);
      const { dataDir } = readSettings(process.env, root).settings;
      ensureInstalled(root);
      const { kafkaShell } = await import("../kafka_shell.ts");
      await kafkaShell({ dataDir, env: process.env }, look);
    },
  },
};

async function stop(): Promise<void> {
  const { settings } = readSettings(process.env, root);
  const ran = await stopStack(settings.dataDir);
  await endLeftovers(settings);
  console.log(
    ran ? "PayFlow is stopped; its data stays." : `PayFlow does not run on ${settings.dataDir}.`,
  );
}

async function wipe(options: { readonly yes: boolean }): Promise<void> {
  const { settings } = readSettings(process.env, root);
  const { dataDir } = settings;
  const loss = `This deletes all data of PayFlow in ${dataDir}: orders, payments, events and keys.`;
  await confirmed(loss, options);
  await stopStack(dataDir);
  await endLeftovers(settings);
  reset(settings);
  console.log(`All data of PayFlow in ${dataDir} is gone.`);
  const left = idleLeftClusters().length;
  if (left > 0) {
    console.log(
      `${left} PostgreSQL cluster${left === 1 ? "" : "s"} of data folders that are gone remain${left === 1 ? "s" : ""}: bun run reset --left-behind lists and deletes them.`,
    );
  }
}

async function wipeLeftBehind(options: { readonly yes: boolean }): Promise<void> {
  const left = idleLeftClusters();
  if (left.length === 0) {
    console.log("No PostgreSQL cluster is left behind.");
    return;
  }
  const list = left.map(({ folder, dataDir }) =>
    dataDir === undefined
      ? `  ${folder}, of a data folder that is not known\n`
      : `  ${folder}, of the data folder that was ${dataDir}\n`,
  );
  console.log(`PostgreSQL clusters without a data folder:\n${list.join("")}`);
  await confirmed(
    "This deletes all orders and payments in them. A data folder that was only moved finds its cluster when it is started at its new place: start it before this.",
    options,
  );
  for (const { folder } of left) rmSync(folder, { recursive: true });
  console.log("They are gone.");
}

async function start(): Promise<number> {
  const { settings, faults } = readSettings(process.env, root);
  const terminal = createTerminal(process.stdout);
  const stop = listenForStop();
  terminal.say("checking this machine");
  const lock = faults.length === 0 ? lockWritable(settings.dataDir) : undefined;
  try {
    if (lock) await endLeftovers(settings);
    const missing = [
      ...envFileFaults(root, process.env),
      ...faults,
      ...preflight(settings, process.env),
    ];
    if (missing.length > 0) throw new UserError(list(missing));
    terminal.say("installing packages");
    if (ensureInstalled(root)) {
      lock?.unlock();
      return await startAnew();
    }
    const { runStack } = await import("./run_stack.ts");
    await runStack({ settings, env: process.env, terminal, stop });
    return 0;
  } finally {
    lock?.unlock();
  }
}

/** In a new process: to this one Bun would give packages out of its cache, without our patches. Returns its exit code. */
async function startAnew(): Promise<number> {
  const child = Bun.spawn([process.execPath, "--no-orphans", ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit"],
    // a group of its own: a terminal's Ctrl-C reaches it once, by this process
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => child.kill(signal));
  return await child.exited;
}

/** A folder that can't be written to is reported with all else that is missing. */
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
