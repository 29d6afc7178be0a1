// `bun run test`: installs packages, checks types, format and lint, runs every test, and ends with
// the line "N passed, N failed". "quick" (`bun run ok`) skips integration and browser tests; "unit"
// also skips the checks. Built-in modules only until packages are installed.
import { cpus } from "node:os";
import { join } from "node:path";
import { scriptWords } from "./terminal/program.ts";
import { ensureInstalled } from "./install.ts";
import { findTestFiles } from "./testing/test_files.ts";
import { runTests, together, type TestOutcome } from "./testing/test_process.ts";
import { UserError } from "./terminal/user_error.ts";

const root = join(import.meta.dir, "..", "..");
/** The cores of the smallest supported machine. */
const cores = 2;
/**
 * An integration test file waits half of its time for timers, Kafka and starting processes, so two
 * per core keep the core busy. Sharing a core is safe, because no test depends on speed.
 */
const processesAtOnce = 2 * cores;
/**
 * Ends a process that hangs without output. The slowest file takes two minutes on an idle machine;
 * each of its tests has its own time-out, and the model's test prints its progress.
 */
const silentMs = 30 * 60_000;

const modelTest = "tests/model/model_test.ts";

const { words } = await scriptWords(
  "bun run test",
  {
    summary: "Install the packages, check types, format and lint, and run every test",
    words: [
      {
        name: "TIER",
        about: "unit: only unit tests; quick: also types, format and lint",
        oneOf: ["unit", "quick"],
        optional: true,
      },
    ],
  },
  process.argv.slice(2),
);
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stopping.abort());
}
const total = { passed: 0, failed: 0, cpuSeconds: 0 };
let free = processesAtOnce;
const waiting: (() => void)[] = [];
const startedAt = performance.now();
const idleAtStart = idleCoreSeconds();
try {
  await ensureInstalled(root, undefined, stopping.signal);
  if (words[0] === undefined) await runAll();
  else await Promise.all([words[0] === "quick" ? runChecks() : undefined, runUnitTests()]);
} catch (error) {
  total.failed++;
  console.error(error instanceof UserError ? error.message : error);
}
if (total.passed + total.failed === 0) {
  console.error("No test was found.");
  total.failed++;
}
if (stopping.signal.aborted) console.error("Interrupted.");
const seconds = (performance.now() - startedAt) / 1000;
const idle = (idleCoreSeconds() - idleAtStart) / seconds;
console.log(
  `\nin ${seconds.toFixed(1)} s, ${total.cpuSeconds.toFixed(0)} s of CPU time; ${idle.toFixed(1)} of ${cpus().length} cores were idle`,
);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || stopping.signal.aborted ? 1 : 0);

/** Idle time of all cores since boot. Servers and browsers, which no test counts, reduce it too. */
function idleCoreSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1_000;
}

/** Checks and unit tests come first in the queue and run while the servers start. */
async function runAll(): Promise<void> {
  const servers = startServers();
  await Promise.all([runChecks(), runUnitTests(), playModel(), runTestsOnParts(servers)]);
}

async function runChecks(): Promise<void> {
  const bun = process.execPath;
  await Promise.all([
    check("types", [bun, "check", "--no-script"]),
    check("format", [bun, "fmt", "--no-script", "--check"]),
    check("lint", [bun, "--bun", "run", "lint"]),
  ]);
}

/** The unit tests run few scenarios of the model; this runs enough to find rare failures. */
async function playModel(): Promise<void> {
  const MODEL_RUNS = process.env["MODEL_RUNS"] ?? "100000";
  const outcome = await run([modelTest], { ...process.env, MODEL_RUNS });
  if (outcome) report(`${modelTest}, ${MODEL_RUNS} runs`, outcome);
}

/** A check counts as one test. */
async function check(name: string, command: string[]): Promise<void> {
  const outcome = await inTurn(() => runCheck(command));
  if (outcome) report(name, outcome);
}

async function runCheck(command: string[]): Promise<TestOutcome> {
  const started = performance.now();
  const run = Bun.spawn(command, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(silentMs)]),
  });
  const [out, err, exitCode] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  return {
    passed: exitCode === 0 ? 1 : 0,
    failed: exitCode === 0 ? 0 : 1,
    output: out + err,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: Number(run.resourceUsage()?.cpuTime.total ?? 0) / 1e6,
  };
}

async function runUnitTests(): Promise<void> {
  const { unit } = findTestFiles(root);
  const shares = Array.from({ length: cores }, (_, share) =>
    unit.filter((_file, index) => index % cores === share),
  ).filter((files) => files.length > 0);
  const outcomes = await Promise.all(shares.map((files) => run(files, process.env)));
  const ran = outcomes.filter((outcome) => outcome !== undefined);
  if (ran.length > 0) report(`unit tests, ${unit.length} files`, together(ran));
}

async function runTestsOnParts(servers: Promise<typeof process.env>): Promise<void> {
  const each = findTestFiles(root).onParts.map(async (files) => {
    const outcome = await run(files, servers);
    if (outcome) report(files.join(", "), outcome);
  });
  await Promise.all(each);
}

async function run(
  files: readonly string[],
  env: typeof process.env | Promise<typeof process.env>,
): Promise<TestOutcome | undefined> {
  return await inTurn(async () =>
    runTests(files, {
      root,
      env: { ...(await env), NODE_NO_WARNINGS: "1" },
      silentMs,
      signal: stopping.signal,
    }),
  );
}

/** Queues calls, at most `processesAtOnce` at a time. Undefined once the run was interrupted. */
async function inTurn<T>(start: () => Promise<T>): Promise<T | undefined> {
  if (free > 0) free--;
  else await new Promise<void>((next) => waiting.push(next));
  try {
    return stopping.signal.aborted ? undefined : await start();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

/**
 * Starts PostgreSQL and Kafka for all files of the run. When one does not start, the tests that
 * need it fail with the reason and the remedy.
 */
async function startServers(): Promise<typeof process.env> {
  const { fetchKafkaJars, kafkaCacheDir } = await import("./servers/kafka_jars.ts");
  const { startedKafka, startedPostgres } = await import("./testing/mod.ts");
  const fetched = fetchKafkaJars(kafkaCacheDir(process.env), {
    repository: process.env["PAYFLOW_MAVEN_REPOSITORY"],
  });
  const [postgres, kafka] = await Promise.allSettled([
    startedPostgres(),
    fetched.then(startedKafka),
  ]);
  for (const part of [postgres, kafka]) {
    if (part.status === "rejected") console.error(String(part.reason));
  }
  return {
    ...process.env,
    ...(postgres.status === "fulfilled" && { PAYFLOW_TEST_POSTGRES: postgres.value.url }),
    ...(kafka.status === "fulfilled" && { PAYFLOW_TEST_KAFKA: kafka.value.brokers.join(",") }),
  };
}

function report(name: string, outcome: TestOutcome): void {
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.cpuSeconds += outcome.cpuSeconds;
  const bad = outcome.failed > 0;
  if (bad) console.log(outcome.output.trimEnd());
  const counts = `${outcome.passed} passed${bad ? `, ${outcome.failed} failed` : ""}`;
  const fault = outcome.fault ? ` (${outcome.fault})` : "";
  const times = `${outcome.seconds.toFixed(1)} s (CPU ${outcome.cpuSeconds.toFixed(1)} s)`;
  console.log(`${bad ? "✗" : "✓"} ${name}: ${counts}${fault} in ${times}`);
}
