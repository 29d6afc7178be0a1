// A child process as the stack sees it: its lines, its end, and an orderly stop.
// Children get a session of their own, so that Ctrl-C in the terminal reaches
// the stack alone, which then stops them in order.
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

export type Child = {
  readonly pid: number;
  /** Resolves with the exit code; by a signal, with 128 + its number. */
  readonly exited: Promise<number>;
  /** When it printed its last line, by performance.now(); its start counts as one. */
  heardAt(): number;
  /** The last lines that it printed, without stack frames, for the message when it dies. */
  lastLines(): readonly string[];
  /** Sends `stopSignal`, and SIGKILL when that has not ended it in time. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would be. */
  kill(): Promise<void>;
};

export type ChildOptions = {
  readonly env: Record<string, string | undefined>;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly stopSignal?: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL. */
  readonly stopWithinMs: number;
  readonly onLine?: ((line: string) => void) | undefined;
};

/** Enough for a chain of causes, small enough to print. */
const linesKept = 30;

/** As Java and Bun print them. */
export function isStackFrame(line: string): boolean {
  return /^\s+(at |\.\.\. \d+ more$)/.test(line);
}

export function spawnChild(command: string[], options: ChildOptions): Child {
  const lines: string[] = [];
  let heardAt = performance.now();
  const child = Bun.spawn(command, {
    env: options.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    const input = Readable.fromWeb(stream as never);
    createInterface({ input }).on("line", (line) => {
      heardAt = performance.now();
      if (!isStackFrame(line) && lines.push(line) > linesKept) lines.shift();
      options.onLine?.(line);
    });
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const deadline = setTimeout(() => {
      options.onLine?.(
        `did not end within ${options.stopWithinMs / 1000} s of ${signal} and is killed`,
      );
      child.kill("SIGKILL");
    }, options.stopWithinMs);
    await child.exited;
    clearTimeout(deadline);
  };
  return {
    pid: child.pid,
    exited: child.exited,
    heardAt: () => heardAt,
    lastLines: () => lines,
    stop: () => end(options.stopSignal ?? "SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}
