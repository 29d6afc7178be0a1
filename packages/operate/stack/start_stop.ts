// Starts, stops and wipes the stack. Runs on a fresh clone: it installs the packages and then loads them.
// Imports only built-in modules before that.
import { rmSync } from "node:fs";
import {
  confirmed,
  createTerminal,
  ensureInstalled,
  idleAbandonedClusters,
  listenForStop,
  UserError,
  type Io,
  type Output,
} from "@payflow/local-stack";
import type { Context } from "../context.ts";
import { requireUsable } from "./data_dirs.ts";
import { envFileFaults } from "./env_file.ts";
import { endLeftovers } from "./leftover_parts.ts";
import { preflight } from "./preflight.ts";
import { reset } from "./reset.ts";
import { readSettings } from "./settings.ts";
import { runAgain } from "./run_again.ts";
import { lockStack, stopStack } from "./stack_lock.ts";

/** Stops the stack of this data folder; its data is kept. */
export async function stop({ env, root }: Context): Promise<Output> {
  const { settings } = readSettings(env, root);
  const { dataDir } = settings;
  requireUsable(dataDir);
  const wasRunning = await stopStack(dataDir);
  await endLeftovers(settings);
  const text = wasRunning
    ? "PayFlow is stopped; its data is kept."
    : `PayFlow does not run on ${dataDir}.`;
  return { json: { dataDir, wasRunning }, text };
}

/** Stops the stack and deletes all its data, after a confirmation. */
export async function wipe(
  { env, root }: Context,
  options: { readonly yes: boolean },
): Promise<Output> {
  const { settings } = readSettings(env, root);
  const { dataDir } = settings;
  requireUsable(dataDir, { toChange: true });
  const loss = `This deletes all data of PayFlow in ${dataDir}: orders, payments, events and keys.`;
  await confirmed(loss, options);
  await stopStack(dataDir);
  await endLeftovers(settings);
  reset(settings);
  const gone = `All data of PayFlow in ${dataDir} is deleted.`;
  const left = idleAbandonedClusters().length;
  const more = `${left} PostgreSQL cluster${left === 1 ? "" : "s"} of deleted data folders remain${left === 1 ? "s" : ""}: bun run reset --left-behind lists and deletes them.`;
  const text = left > 0 ? `${gone}\n${more}` : gone;
  return { json: { deleted: [dataDir], clustersLeftBehind: left }, text };
}

/** Deletes leftovers of root's data folders that no longer exist, after a confirmation. */
export async function wipeLeftBehind(options: { readonly yes: boolean }, io: Io): Promise<Output> {
  const left = idleAbandonedClusters();
  if (left.length === 0)
    return {
      json: { deleted: [], clustersLeftBehind: 0 },
      text: "No PostgreSQL cluster is left behind.",
    };
  const list = left.map(({ folder, dataDir }) =>
    dataDir === undefined
      ? `  ${folder}, of an unknown data folder\n`
      : `  ${folder}, of the former data folder ${dataDir}\n`,
  );
  io.note(`PostgreSQL clusters without a data folder:\n${list.join("")}`);
  await confirmed(
    "This deletes all orders and payments in them. If you only moved a data folder, first start PayFlow on it, so that it keeps its cluster.",
    options,
  );
  for (const { folder } of left) rmSync(folder, { recursive: true });
  const deleted = left.map(({ folder }) => folder);
  return { json: { deleted, clustersLeftBehind: 0 }, text: "They are deleted." };
}

/** Starts everything and keeps it running until a stop is requested. Returns the exit code. */
export async function start({ env, root }: Context): Promise<number> {
  const { settings, faults } = readSettings(env, root);
  const terminal = createTerminal(process.stdout);
  const stop = listenForStop();
  const lock = faults.length === 0 ? lockWritable(settings.dataDir) : undefined;
  try {
    if (lock) await endLeftovers(settings);
    const missing = [...envFileFaults(root, env), ...faults, ...preflight(settings, env)];
    if (missing.length > 0) throw new UserError(list(missing));
    const stopping = new AbortController();
    void stop.requested.then(() => stopping.abort());
    const say = () => terminal.say("installing packages");
    if (await ensureInstalled(root, say, stopping.signal)) {
      lock?.unlock();
      return await runAgain();
    }
    if (stopping.signal.aborted) {
      terminal.say("stopped before anything was started");
      return 0;
    }
    const { runStack } = await import("./run_stack.ts");
    await runStack({ settings, env, terminal, stop });
    return 0;
  } finally {
    lock?.unlock();
  }
}

/** Undefined for a folder that can't be written to: the preflight reports it with everything else. */
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
