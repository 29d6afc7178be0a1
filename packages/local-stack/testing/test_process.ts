// Runs `bun test` in a separate process. The caller shows its output when it fails; a process that
// dies or writes no report counts as failed.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endLeaked, leakVariable } from "./leaked_processes.ts";

/** Time-out of a test. Bun's default of five seconds fails correct tests on a busy machine. */
const testWithinMs = 10 * 60_000;

export type TestOutcome = {
  readonly passed: number;
  readonly failed: number;
  /** Why the process failed without a failed test, e.g. "ended with exit code 132". */
  readonly fault?: string;
  readonly output: string;
  readonly seconds: number;
  /** Of the awaited processes, so without a browser's pages and the run's shared servers. */
  readonly cpuSeconds: number;
};

export type TestProcessOptions = {
  readonly root: string;
  readonly env: Record<string, string | undefined>;
  /** A run that prints nothing for this long is killed. */
  readonly silentMs: number;
  readonly signal: AbortSignal;
};

export async function runTests(
  files: readonly string[],
  options: TestProcessOptions,
): Promise<TestOutcome> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "payflow-report-"));
  const report = join(folder, "report.xml");
  // A file, because a process that a test leaves behind would keep a pipe open.
  const output = join(folder, "output.txt");
  const hang = silence(output, options.silentMs);
  const mark = leakVariable();
  const log = openSync(output, "a");
  const run = Bun.spawn(
    [
      process.execPath,
      "test",
      "--only-failures",
      `--timeout=${testWithinMs}`,
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      ...files.map((file) => `./${file}`),
    ],
    {
      cwd: options.root,
      env: { ...options.env, ...mark },
      stdio: ["ignore", log, log],
      signal: AbortSignal.any([hang.signal, options.signal]),
      killSignal: "SIGKILL",
    },
  );
  const exitCode = await run.exited;
  hang.forget();
  closeSync(log);
  const outcome = readOutcome({
    report: readOr(report),
    exitCode,
    timedOut: hang.signal.aborted,
    leaked: await endLeaked(mark),
  });
  const text = readOr(output) ?? "";
  rmSync(folder, { recursive: true, force: true });
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = Number(run.resourceUsage()?.cpuTime.total ?? 0) / 1e6;
  return { ...outcome, output: text, seconds, cpuSeconds };
}

/** Aborts when the file has not grown for `silentMs`. */
function silence(file: string, silentMs: number) {
  const hangs = new AbortController();
  let size = -1;
  let grownAtMs = performance.now();
  const timer = setInterval(
    () => {
      const now = statSync(file).size;
      if (now !== size) {
        size = now;
        grownAtMs = performance.now();
      } else if (performance.now() - grownAtMs > silentMs) hangs.abort();
    },
    Math.min(1_000, silentMs),
  );
  return { signal: hangs.signal, forget: () => clearInterval(timer) };
}

/** The outcome by the report, the exit code and the leaked processes. */
export function readOutcome(run: {
  readonly report: string | undefined;
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly leaked: readonly string[];
}): Pick<TestOutcome, "passed" | "failed" | "fault"> {
  const { report, exitCode, timedOut, leaked } = run;
  const head = /<testsuites [^>]*>/.exec(report ?? "")?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const skipped = count("skipped");
  const passed = Math.max(0, count("tests") - failed - skipped);
  const fault = timedOut
    ? "was silent for too long and was ended"
    : head === ""
      ? `ended with exit code ${exitCode} and no report`
      : exitCode !== 0 && failed === 0
        ? `ended with exit code ${exitCode}`
        : passed + failed === 0
          ? "has no test that ran"
          : leaked.length > 0
            ? `left running: ${leaked.join("; ")}`
            : undefined;
  if (fault === undefined) return { passed, failed };
  return { passed, failed: failed + 1, fault };
}

/** The sum of parallel runs. */
export function together(outcomes: readonly TestOutcome[]): TestOutcome {
  const sum = (count: "passed" | "failed") =>
    outcomes.reduce((total, outcome) => total + outcome[count], 0);
  const faults = outcomes.flatMap(({ fault }) => fault ?? []);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    ...(faults.length > 0 && { fault: faults.join("; ") }),
    output: outcomes
      .filter(({ failed }) => failed > 0)
      .map(({ output }) => output)
      .join("\n"),
    seconds: Math.max(...outcomes.map(({ seconds }) => seconds)),
    cpuSeconds: outcomes.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
  };
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
