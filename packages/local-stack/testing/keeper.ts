// Runs one PostgreSQL or Kafka for a test run in a separate process, so that the server ends with
// the run, even when Ctrl-C or SIGKILL ends it.
//   bun keeper.ts postgres|kafka FOLDER RUN_PID RUN_MARK
// The address is written to FOLDER/started.json, a failure to FOLDER/failed.json.
// A test that owns the server sends orders ("start", "stop", "kill" …) by IPC.
import { renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Child } from "../mod.ts";
import { kafkaIn, postgresIn, type Started } from "./kept_server.ts";
import { removeStaleRuns } from "./stale_runs.ts";
import { isRunning } from "./test_run.ts";

export type KeeperOrder = {
  readonly id: number;
  readonly order: "start" | "stop" | "kill" | "pause" | "resume";
};
export type KeeperAnswer = { readonly id: number; readonly error?: string };

if (import.meta.main) {
  const [part, folder = "", pid, mark = ""] = process.argv.slice(2);
  const run = { pid: Number(pid), mark };
  const keeper = createKeeper(part === "kafka" ? kafkaIn : postgresIn, folder);
  // Short enough that the server ends right after the run, and cheap.
  setInterval(() => void (isRunning(run) || keeper.end()), 200);
  process.on("disconnect", () => void keeper.end());
  process.on("message", (message: KeeperOrder) => void keeper.obey(message));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void keeper.end());
  }
  await keeper.begin();
  await removeStaleRuns();
}

type Start = typeof postgresIn;

function createKeeper(start: Start, folder: string) {
  let running: Promise<Child | undefined> = Promise.resolve(undefined);
  let ending: Promise<void> | undefined;
  const begin = async () => {
    const started = start(folder);
    running = started.then(({ child }) => child);
    try {
      const { address, port } = await started;
      report(folder, "started.json", { address, port } satisfies Started);
    } catch (error) {
      running = Promise.resolve(undefined);
      const message = error instanceof Error ? error.message : String(error);
      report(folder, "failed.json", { message });
    }
  };
  const stop = async () => (await running)?.stop();
  const kill = async () => (await running)?.kill();
  const signal = async (name: "SIGSTOP" | "SIGCONT") => {
    const child = await running;
    if (child !== undefined) process.kill(child.pid, name);
  };
  const restart = async () => {
    running = start(folder).then(({ child }) => child);
    await running;
  };
  return {
    begin,
    async obey({ id, order }: KeeperOrder) {
      try {
        const pause = () => signal("SIGSTOP");
        const resume = () => signal("SIGCONT");
        await { start: restart, stop, kill, pause, resume }[order]();
        process.send?.({ id } satisfies KeeperAnswer);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        process.send?.({ id, error: message } satisfies KeeperAnswer);
      }
    },
    end(): Promise<void> {
      return (ending ??= (async () => {
        const child = await running.catch(() => undefined);
        // Kafka may be killed, because its data is removed; PostgreSQL would leave shared memory.
        await (start === kafkaIn ? child?.kill() : child?.stop());
        rmSync(folder, { recursive: true, force: true });
        try {
          rmdirSync(dirname(folder));
        } catch {
          // Another server of this run still has its folder there.
        }
        process.exit(0);
      })());
    },
  };
}

function report(folder: string, name: string, value: object): void {
  const half = join(folder, `${name}.half`);
  writeFileSync(half, JSON.stringify(value), { mode: 0o600 });
  renameSync(half, join(folder, name));
}
