// A child process: its output lines, its end, and an orderly stop. Each child gets its own session,
// so that Ctrl-C in the terminal reaches only the stack, which then stops its children in order.
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

export type Child = {
  readonly pid: number;
  /** Resolves with the exit code; after a signal, with 128 + its number. */
  readonly exited: Promise<number>;
  /** When it printed its last line, by performance.now(); at first, when it started. */
  heardAt(): number;
  /** The last lines that it printed, without stack frames, for an error message. */
  lastLines(): readonly string[];
  /** Sends `stopSignal`, and SIGKILL after `stopWithinMs`. */
  stop(): Promise<void>;
  /** Sends SIGKILL, like a crash. */
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
  /** Its abort is like `stop()`. */
  readonly signal?: AbortSignal | undefined;
};

/** Enough for a chain of causes, small enough to print. */
const linesKept = 30;

/** Matches the stack frames of Java and Bun. */
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
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= end(options.stopSignal ?? "SIGTERM"));
  if (options.signal?.aborted) void stop();
  options.signal?.addEventListener("abort", () => void stop());
  return {
    pid: child.pid,
    exited: child.exited,
    heardAt: () => heardAt,
    lastLines: () => lines,
    stop,
    kill: () => end("SIGKILL"),
  };
}
