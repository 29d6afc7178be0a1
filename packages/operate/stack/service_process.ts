import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import {
  causeOfDeath,
  type Child,
  endLeftover,
  spawnChild,
  untilUp,
  UserError,
  writePidFile,
} from "@payflow/local-stack";
import { servicePidFile } from "./data_dirs.ts";

export type ServiceProcess = {
  readonly name: string;
  /** The file that Bun runs. */
  readonly main: string;
  readonly cwd: string;
  readonly dataDir: string;
  readonly env: Record<string, string | undefined>;
  /** Returns 2xx when the service can be used. */
  readonly readyUrl: string;
  readonly onLine: (line: string) => void;
  /** Its abort stops the service, also while it starts. */
  readonly signal: AbortSignal;
};

/** How long a start waits for Kafka; later a service counts as started without it, since it accepts orders anyway. */
const wholeWithinMs = 30_000;

/** @throws UserError when the service does not become ready */
export async function startService(service: ServiceProcess): Promise<Child> {
  const { name, main, dataDir } = service;
  const pidFile = servicePidFile(dataDir, name);
  await endLeftover(pidFile, { mark: main });
  const child = spawnChild([process.execPath, "--no-orphans", main], {
    // NODE_NO_WARNINGS: kafkajs sets timers in the past, which warns at every start.
    env: { NODE_NO_WARNINGS: "1", ...service.env },
    cwd: service.cwd,
    // As compose.yaml's stop_grace_period: longer than a service waits for requests and webhook receivers (serve.ts).
    stopWithinMs: 30_000,
    onLine: service.onLine,
    signal: service.signal,
  });
  mkdirSync(dirname(pidFile), { recursive: true });
  writePidFile(pidFile, child.pid);
  let degradedSince: number | undefined;
  const end = await untilUp(child, async () => {
    const status = await readiness(service.readyUrl);
    if (status === undefined) return "silent";
    if (status !== "degraded") return "up";
    degradedSince ??= performance.now();
    return performance.now() - degradedSince < wholeWithinMs ? "alive" : "up";
  });
  if (end !== "up") {
    await child.kill();
    throw new UserError(`${name} did not start: ${causeOfDeath(child, end)}; its output is above.`);
  }
  return child;
}

/** The status of a service that can be used; undefined while it can't. */
async function readiness(url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(2_000);
    const response = await fetch(url, { signal, proxy: false });
    const text = await response.text();
    if (!response.ok) return undefined;
    return /"status": ?"(\w+)"/.exec(text)?.[1] ?? "ready";
  } catch {
    return undefined;
  }
}
