import { closeSync, openSync } from "node:fs";
import { eventually } from "@payflow/local-stack/testing";

/** A process that is killed and started again, on its own port. */
export type Replica = {
  readonly name: string;
  readonly port: number;
  /** SIGKILL, then an immediate restart. */
  crash(): Promise<void>;
  /** SIGKILL; no restart until `release`. */
  hold(): Promise<void>;
  release(): void;
  /** SIGSTOP: the process hangs, and its connections stay open. */
  pause(): void;
  /** SIGCONT: the process continues where it stopped. */
  resume(): void;
  /** True when it is paused for longer than a load balancer's health check needs. */
  isPaused(): boolean;
  isReady(): Promise<boolean>;
  untilReady(): Promise<void>;
  stop(): Promise<void>;
};

export type ReplicaOptions = {
  readonly name: string;
  /** Arguments of bun. */
  readonly command: readonly string[];
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Receives stdout and stderr. */
  readonly logFile: string;
  /** True when a process started at this time may exit by itself, because its database was down. */
  readonly mayEnd?: (begunAtMs: number) => boolean;
  /** Called when the process exits without a stop request or an injected fault. */
  readonly onLost?: (name: string, exitCode: number | null) => void;
};

/** The time in which a load balancer's health checks detect a replica that hangs. */
const noticedAfterMs = 1_500;
/** A supervisor's delay before it restarts a process that exited by itself. */
const restartAfterMs = 500;

export function startReplica(options: ReplicaOptions): Replica {
  const { name, port } = options;
  let wanted = true;
  let isHeld = false;
  let pausedAtMs: number | undefined;
  let child = spawn();

  function spawn(): Bun.Subprocess {
    const log = openSync(options.logFile, "a");
    const command = [process.execPath, "--no-orphans", ...options.command];
    const begun = Bun.spawn(command, {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...options.env },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const begunAtMs = performance.now();
    void begun.exited.then(async (exitCode) => {
      if (!wanted || begun.signalCode === "SIGKILL") return;
      if (!options.mayEnd?.(begunAtMs)) options.onLost?.(name, exitCode);
      await Bun.sleep(restartAfterMs);
      if (wanted && !isHeld && child === begun) child = spawn();
    });
    return begun;
  }

  async function isReady(): Promise<boolean> {
    try {
      const url = `http://127.0.0.1:${port}/healthz`;
      return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
    } catch {
      return false;
    }
  }

  return {
    name,
    port,
    isReady,
    async crash() {
      const killed = child;
      killed.kill("SIGKILL");
      await killed.exited;
      pausedAtMs = undefined;
      if (wanted && !isHeld && child === killed) child = spawn();
    },
    async hold() {
      isHeld = true;
      child.kill("SIGKILL");
      await child.exited;
      pausedAtMs = undefined;
    },
    release() {
      isHeld = false;
      child = spawn();
    },
    pause() {
      pausedAtMs = performance.now();
      child.kill("SIGSTOP");
    },
    resume() {
      pausedAtMs = undefined;
      child.kill("SIGCONT");
    },
    isPaused: () => pausedAtMs !== undefined && performance.now() - pausedAtMs > noticedAfterMs,
    async untilReady() {
      const what = `${name} to answer`;
      await eventually(isReady, { timeoutMs: 120_000, what });
    },
    async stop() {
      wanted = false;
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await child.exited;
      clearTimeout(late);
    },
  };
}

/** Connection refused: nothing was sent, so the call can safely go to another replica. */
export function wasRefused(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "ConnectionRefused" || code === "ECONNREFUSED";
}
