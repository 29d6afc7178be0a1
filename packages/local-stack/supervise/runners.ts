// SIGTERM or SIGHUP sent to npx ends npx but not the program below it. So the stack watches the
// runners above it and stops when one of them has ended.
import { basename } from "node:path";
import { commandLine, parentOf, startMark } from "./process_table.ts";

const runnerNames = /^(npx|npm|bun|bunx|pnpm|yarn)(-cli)?(\.(c?js|exe))?$/;

/**
 * The ancestors of `pid` up to the topmost runner (npx, npm, bun …). Shells in between are
 * included; the user's interactive shell is not.
 */
export function runnersAbove(
  pid: number,
  table: {
    readonly parentOf: (pid: number) => number | undefined;
    readonly commandLine: (pid: number) => string | undefined;
  } = { parentOf, commandLine },
): number[] {
  const chain: number[] = [];
  let runners = 0;
  // The bound ends the loop even when the process table changes while it is read.
  for (let next = table.parentOf(pid); next && chain.length < 32;) {
    if (next <= 1) break;
    chain.push(next);
    if (isRunner(table.commandLine(next) ?? "")) runners = chain.length;
    next = table.parentOf(next);
  }
  return chain.slice(0, runners);
}

/** `node /usr/bin/npx …`, `npm exec …` (as npx calls itself), `bun start`. */
function isRunner(command: string): boolean {
  const [program = "", script = ""] = command.split(" ");
  if (runnerNames.test(basename(program))) return true;
  return basename(program) === "node" && runnerNames.test(basename(script));
}

/** Calls `onGone` once, when the first of them has ended. */
export function watchRunners(pids: readonly number[], onGone: () => void): { stop(): void } {
  const marks = pids.map((pid) => [pid, startMark(pid)] as const);
  const timer = setInterval(() => {
    if (marks.every(([pid, mark]) => startMark(pid) === mark)) return;
    clearInterval(timer);
    onGone();
  }, 300);
  return { stop: () => clearInterval(timer) };
}
