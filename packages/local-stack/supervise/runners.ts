// SIGTERM or SIGHUP sent to npx ends npx and not the program below it. So the
// stack watches the runners above it and stops when one of them is gone.
import { basename } from "node:path";
import { commandLine, parentOf, startMark } from "./process_table.ts";

const runnerNames = /^(npx|npm|bun|bunx|pnpm|yarn)(-cli)?(\.(c?js|exe))?$/;

/**
 * The processes above `pid` up to the topmost runner (npx, npm, bun …); shells
 * in between belong to them, the shell that the user types into does not.
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
  // No chain is that long; the bound is against a table that changes meanwhile.
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

/** Calls back once, when the first of them has ended. */
export function watchRunners(pids: readonly number[], onGone: () => void): { stop(): void } {
  const marks = pids.map((pid) => [pid, startMark(pid)] as const);
  const timer = setInterval(() => {
    if (marks.every(([pid, mark]) => startMark(pid) === mark)) return;
    clearInterval(timer);
    onGone();
  }, 300);
  return { stop: () => clearInterval(timer) };
}
