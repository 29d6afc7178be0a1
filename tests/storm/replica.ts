import { closeSync, openSync } from "node:fs";
import { eventually } from "@payflow/shared/testing";

/** A process that is killed and started again, on its own port. */
export type Replica = {
  readonly name: string;
  readonly port: number;
  /** SIGKILL, and at once the next one in its place. */
  crash(): Promise<void>;
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
  /** Where all that it prints is kept. */
  readonly logFile: string;
  /** Called when it ends though nobody asked it to. */
  readonly onLost?: (name: string, exitCode: number | null) => void;
};

export function startReplica(options: ReplicaOptions): Replica {
  const { name, port } = options;
  let wanted = true;
  let child = spawn();

  function spawn(): Bun.Subprocess {
    const log = openSync(options.logFile, "a");
    const command = [process.execPath, "--no-orphans", ...options.command];
    const begun = Bun.spawn(command, {
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        ...options.env,
      },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    void begun.exited.then((exitCode) => {
      if (!wanted || begun.signalCode === "SIGKILL") return;
      options.onLost?.(name, exitCode);
      child = spawn();
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
      child.kill("SIGKILL");
      await child.exited;
      if (wanted) child = spawn();
    },
    async untilReady() {
      const what = `${name} to answer`;
      await eventually(isReady, { timeoutMs: 60_000, what });
    },
    async stop() {
      wanted = false;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await child.exited;
      clearTimeout(late);
    },
  };
}

/** What stands before replicas: passes each call to one of them, to another when that one is down, and answers 502 when it dies. */
export function startBalancer(
  ports: readonly number[],
  choose: (ports: readonly number[]) => number,
): { readonly url: string; stop(): Promise<void> } {
  async function pass(request: Request, body: ArrayBuffer, port: number) {
    const url = new URL(request.url);
    url.port = String(port);
    const { method, headers } = request;
    const answer = await fetch(url, {
      ...{ method, headers, redirect: "manual" },
      ...(method === "GET" ? {} : { body }),
      signal: AbortSignal.timeout(50_000),
    });
    const { status, headers: answered } = answer;
    return new Response(await answer.arrayBuffer(), {
      ...{ status, headers: answered },
    });
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const body = await request.arrayBuffer();
      const first = choose(ports);
      const others = ports.filter((port) => port !== first);
      for (const port of [first, ...others]) {
        try {
          return await pass(request, body, port);
        } catch (error) {
          if (!wasRefused(error)) break;
        }
      }
      return new Response("The replica died", { status: 502 });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    stop: () => server.stop(true),
  };
}

/** Nobody listened: nothing was sent, so another one may be asked. */
export function wasRefused(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "ConnectionRefused" || code === "ECONNREFUSED";
}
