// `bun run test`: installs, checks types, format and lint, runs every test, and
// ends with "N passed, N failed" alone on a line. With "quick" (`bun run ok`) all
// of it that needs nothing running, with "unit" only the tests among that.
// Built-in modules only until packages are installed.
import { join } from "node:path";
import { scriptWords } from "./terminal/program.ts";
import { ensureInstalled } from "./install.ts";
import { findTestFiles } from "./testing/test_files.ts";
import { runTests, together, type TestOutcome } from "./testing/test_process.ts";
import { UserError } from "./terminal/user_error.ts";

const root = join(import.meta.dir, "..", "..");
/** One for each core of the smallest machine that this is meant for. */
const processesAtOnce = 2;
/**
 * Ends a hang. The slowest file takes two minutes on a quiet machine, and each of its tests has a limit of its own; the
 * model's test prints how far it is.
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
        about: "unit: only tests that need nothing running; quick: types, format and lint as well",
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
const total = { passed: 0, failed: 0 };
const startedAt = performance.now();
try {
  ensureInstalled(root);
  if (words[0] === undefined) await runAll();
  else {
    if (words[0] === "quick") await runChecks();
    await runUnitTests();
  }
} catch (error) {
  total.failed++;
  console.error(error instanceof UserError ? error.message : error);
}
if (total.passed + total.failed === 0) {
  console.error("No test was found.");
  total.failed++;
}
if (stopping.signal.aborted) console.error("Interrupted.");
console.log(`\nin ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || stopping.signal.aborted ? 1 : 0);

async function runAll(): Promise<void> {
  // While the servers start, the checks keep the other core busy.
  const servers = startServers();
  await runChecks();
  await runUnitTests();
  await playModel();
  await runTestsOnParts(await servers);
}

async function runChecks(): Promise<void> {
  const bun = process.execPath;
  await check("types", [bun, "check", "--no-script"]);
  await check("format", [bun, "fmt", "--no-script", "--check"]);
  await check("lint", [bun, "--bun", "run", "lint"]);
}

/** The unit tests play some scenarios of the model; here are as many as find what is rare. */
async function playModel(): Promise<void> {
  if (stopping.signal.aborted) return;
  const MODEL_RUNS = process.env["MODEL_RUNS"] ?? "100000";
  const outcome = await run([modelTest], { ...process.env, MODEL_RUNS });
  report(`${modelTest}, ${MODEL_RUNS} runs`, outcome);
}

/** A check counts as one test. */
async function check(name: string, command: string[]): Promise<void> {
  if (stopping.signal.aborted) return;
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
  report(name, {
    passed: exitCode === 0 ? 1 : 0,
    failed: exitCode === 0 ? 0 : 1,
    output: out + err,
    seconds: (performance.now() - started) / 1000,
  });
}

async function runUnitTests(): Promise<void> {
  const { unit } = findTestFiles(root);
  if (unit.length === 0 || stopping.signal.aborted) return;
  const shares = Array.from({ length: processesAtOnce }, (_, share) =>
    unit.filter((_file, index) => index % processesAtOnce === share),
  ).filter((files) => files.length > 0);
  const outcomes = shares.map((files) => run(files, process.env));
  report(`unit tests, ${unit.length} files`, together(await Promise.all(outcomes)));
}

async function runTestsOnParts(env: typeof process.env): Promise<void> {
  const queue = [...findTestFiles(root).onParts];
  const worker = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      if (stopping.signal.aborted) return;
      report(file, await run([file], env));
    }
  };
  await Promise.all(Array.from({ length: processesAtOnce }, worker));
}

function run(files: readonly string[], env: typeof process.env) {
  return runTests(files, {
    root,
    env: { ...env, NODE_NO_WARNINGS: "1" },
    silentMs,
    signal: stopping.signal,
  });
}

/**
 * PostgreSQL and Kafka for all files of the run. What can't start is reported by
 * the tests that need it, each with the reason and the way out.
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
  const bad = outcome.failed > 0;
  if (bad) console.log(outcome.output.trimEnd());
  const counts = `${outcome.passed} passed${bad ? `, ${outcome.failed} failed` : ""}`;
  const fault = outcome.fault ? ` (${outcome.fault})` : "";
  console.log(`${bad ? "✗" : "✓"} ${name}: ${counts}${fault} in ${outcome.seconds.toFixed(1)} s`);
}
