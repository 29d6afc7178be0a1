import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Started } from "./kept_server.ts";
import { startPatience } from "./patience.ts";
import { currentTestRun } from "./test_run.ts";

export type ServerKind = "postgres" | "kafka";

/** Below the time-out of hooks, so that the reason is reported; a busy machine gets longer. */
const startedWithinMs = 50_000;

/**
 * The run's PostgreSQL; `url` is the superuser's URL of the maintenance database. It starts on
 * first use, is shared by all files and processes of the run, and ends with the run.
 * `PAYFLOW_TEST_POSTGRES` replaces it.
 * @throws Error with the reason and the remedy
 */
export async function startedPostgres(): Promise<{ url: string }> {
  const url = process.env["PAYFLOW_TEST_POSTGRES"];
  return { url: url ?? (await sharedAddress("postgres")) };
}

/** The run's Kafka, like `startedPostgres`. `PAYFLOW_TEST_KAFKA` replaces it. */
export async function startedKafka(): Promise<{ brokers: string[] }> {
  const given = process.env["PAYFLOW_TEST_KAFKA"];
  return { brokers: (given ?? (await sharedAddress("kafka"))).split(",") };
}

async function sharedAddress(kind: ServerKind): Promise<string> {
  const folder = join(currentTestRun().folder, kind);
  let first = true;
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    first = false;
  }
  if (first) startSharedKeeper(kind, folder);
  return (await startedIn(folder)).address;
}

/**
 * Starts the keeper through a shell that exits at once: with --isolate, Bun ends the processes of a
 * test file after the file, but other files still use this server.
 */
function startSharedKeeper(kind: ServerKind, folder: string): void {
  Bun.spawn(["/bin/sh", "-c", '"$@" &', "sh", ...keeperCommand(kind, folder)], {
    env: keeperEnvironment(),
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
}

export function keeperCommand(kind: ServerKind, folder: string): string[] {
  const { pid, mark } = currentTestRun();
  const file = join(import.meta.dir, "keeper.ts");
  return [process.execPath, file, kind, folder, String(pid), mark];
}

export function keeperEnvironment(): Record<string, string | undefined> {
  // NODE_ENV=test is only for this process.
  return { ...process.env, NODE_ENV: undefined };
}

/** Waits for the keeper's report. `keeper` is only known for a test's own server. */
export async function startedIn(
  folder: string,
  keeper?: { readonly exitCode: number | null },
): Promise<Started> {
  const patience = startPatience(startedWithinMs);
  const started = join(folder, "started.json");
  const failed = join(folder, "failed.json");
  try {
    while (!patience.isOver()) {
      if (existsSync(started)) {
        return JSON.parse(readFileSync(started, "utf8")) as Started;
      }
      if (existsSync(failed)) {
        const failure = JSON.parse(readFileSync(failed, "utf8"));
        throw new Error((failure as { message: string }).message);
      }
      if (keeper && keeper.exitCode !== null) {
        throw new Error(`The process that starts the server for ${folder} died.`);
      }
      await Bun.sleep(20);
    }
  } finally {
    patience.end();
  }
  throw new Error(
    `The server for ${folder} did not start within ${startedWithinMs} ms: if Kafka is being fetched for the first time, run the test again; what was fetched is kept.`,
  );
}
