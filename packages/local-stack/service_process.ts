import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { spawnChild, type Child } from "./child.ts";
import { servicePidFile } from "./data_dirs.ts";
import { endLeftover, writePidFile } from "./leftover.ts";
import { causeOfDeath } from "./start_failure.ts";
import { UserError } from "./user_error.ts";

export type ServiceProcess = {
  readonly name: string;
  /** The file that Bun runs. */
  readonly main: string;
  readonly cwd: string;
  readonly dataDir: string;
  readonly env: Record<string, string | undefined>;
  /** Answers 2xx when the service can be used. */
  readonly readyUrl: string;
  readonly onLine: (line: string) => void;
};

/** Migrations on a cold database included. */
const readyWithinMs = 60_000;

/** @throws UserError when the service does not become ready */
export async function startService(service: ServiceProcess): Promise<Child> {
  const { name, main, dataDir } = service;
  const pidFile = servicePidFile(dataDir, name);
  await endLeftover(pidFile, { mark: main });
  const child = spawnChild([process.execPath, "--no-orphans", main], {
    // NODE_NO_WARNINGS: of kafkajs's timers in the past, at every start.
    env: { NODE_NO_WARNINGS: "1", ...service.env },
    cwd: service.cwd,
    // Requests under way are finished, Kafka is left in order.
    stopWithinMs: 12_000,
    onLine: service.onLine,
  });
  mkdirSync(dirname(pidFile), { recursive: true });
  writePidFile(pidFile, child.pid);
  let ended: number | undefined;
  void child.exited.then((code) => (ended = code));
  const deadline = Date.now() + readyWithinMs;
  while (!(await answers(service.readyUrl))) {
    if (ended !== undefined || Date.now() > deadline) {
      await child.kill();
      throw new UserError(
        `${name} did not start: ${causeOfDeath(child, ended)}; all that it said is above.`,
      );
    }
    await Bun.sleep(50);
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2_000);
    const response = await fetch(url, { signal, proxy: false });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
