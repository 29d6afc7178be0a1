// The usual upper bound of a database: pgbench with one prepared statement that writes an order,
// its item and its event, and the textbook's BEGIN … COMMIT of the same three. Both only write,
// without HTTP, prices and checks.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { runTask } from "../load/child_task.ts";
import { spreadOf, type Spread } from "../report/percentiles.ts";
import { statements } from "./rival_statements.ts";

export type DatabaseLoad = {
  readonly url: string;
  readonly clients: number;
  readonly forMs: number;
  readonly script: "single" | "transaction";
};

export type DatabaseOutcome = {
  readonly perSecond: number;
  readonly latency: Spread;
  readonly cpuMicros: number;
};

const schema = `
  create table orders (id bigint generated always as identity primary key, status text not null,
    order_name text not null, amount_krw bigint not null, customer_name text not null,
    customer_email text not null, created_at timestamptz not null default now());
  create table order_items (order_id bigint not null references orders, product_id text not null,
    quantity integer not null, unit_price_krw bigint not null, primary key (order_id, product_id));
  create table outbox (id bigint generated always as identity primary key, order_id bigint not null,
    topic text not null, payload json not null, created_at timestamptz not null default now(),
    published_at timestamptz);
  create index outbox_waiting on outbox (id) where published_at is null;`;

export async function createRivalSchema(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice() {} });
  await sql.unsafe(schema);
  await sql.end();
}

/** "pgbench" where it is installed; else our client runs the same loop with more CPU time. */
export const databaseTool = Bun.which("pgbench") === null ? "our client" : "pgbench";

export async function runDatabaseRival(load: DatabaseLoad): Promise<DatabaseOutcome> {
  const pgbench = Bun.which("pgbench");
  return pgbench === null
    ? await runTask<DatabaseLoad, DatabaseOutcome>("rivals/database_task.ts", load)
    : await runPgbench(pgbench, load);
}

const scripts = {
  single: `${statements.single.replaceAll(/\s*\n\s*/g, " ")};\n`,
  transaction: [
    "begin;",
    `${statements.order.replaceAll(/\s*\n\s*/g, " ")} \\gset`,
    `${statements.item(":id")};`,
    `${statements.event(":id")};`,
    "commit;\n",
  ].join("\n"),
};

async function runPgbench(pgbench: string, load: DatabaseLoad): Promise<DatabaseOutcome> {
  const { clients, script, url } = load;
  const folder = mkdtempSync("/var/tmp/payflow-pgbench-");
  try {
    const file = join(folder, "script.sql");
    await Bun.write(file, scripts[script]);
    const child = Bun.spawn(
      [
        pgbench,
        "--no-vacuum",
        "--protocol=prepared",
        `--file=${file}`,
        `--client=${clients}`,
        `--jobs=${Math.min(2, clients)}`,
        `--time=${pgbenchSeconds(load)}`,
        "--log",
        `--log-prefix=${join(folder, "log")}`,
        url,
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const [out, err, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    const perSecond = /^tps = ([\d.]+)/m.exec(out)?.[1];
    if (exitCode !== 0 || !Number.isFinite(Number(perSecond ?? NaN)))
      throw new Error(`pgbench: ${err || out}`);
    const latencies: number[] = [];
    for (const name of readdirSync(folder).filter((each) => each.startsWith("log")))
      latencies.push(...pgbenchLatencies(await Bun.file(join(folder, name)).text()));
    const cpuMicros = Number(child.resourceUsage()?.cpuTime.total ?? 0);
    return { perSecond: Number(perSecond), latency: spreadOf(latencies), cpuMicros };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * pgbench's time includes the connecting of its clients, some milliseconds of CPU each, but its
 * rate does not; so more clients get more time.
 */
function pgbenchSeconds({ forMs, clients }: DatabaseLoad): number {
  return Math.max(1, Math.round(forMs / 1000)) + Math.ceil(clients / 60);
}

/**
 * Milliseconds of each transaction in a log of pgbench, whose third column is in microseconds:
 * https://www.postgresql.org/docs/current/pgbench.html, "Per-Transaction Logging".
 */
export function pgbenchLatencies(log: string): number[] {
  return log
    .split("\n")
    .map((line) => Number(line.split(" ")[2]) / 1000)
    .filter((ms) => Number.isFinite(ms));
}
