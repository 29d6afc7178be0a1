import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { textTable } from "@payflow/local-stack";
import type { Bench, Figure, Scale, Table } from "./figure.ts";
import { untilRest } from "./lab/meter.ts";
import { startServers, type Servers } from "./lab/servers.ts";
import { startShop, type Shop } from "./lab/shop.ts";
import type { Progress } from "./progress.ts";
import { percent } from "./report/cells.ts";
import { selfTimes, type CpuProfile } from "./report/cpu_profile.ts";
import { targetCells, type StoredResult } from "./report/document.ts";
import { currentCommit, describeMachine, loadNow, storeResult } from "./report/results.ts";

export type RunOptions = {
  readonly figures: readonly Figure[];
  readonly scale: Scale;
  readonly cpuProfile: boolean;
  /** Where results are written. */
  readonly out: string;
  readonly progress: Progress;
};

/** Runs the figures one after the other on the run's own servers. */
export async function runFigures(options: RunOptions): Promise<void> {
  const { figures, scale, cpuProfile, progress, out } = options;
  mkdirSync("/var/tmp", { recursive: true });
  const folder = mkdtempSync("/var/tmp/payflow-bench-");
  // servers, services and load processes end by themselves when the run has ended
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => {
      progress.end();
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  progress.step("starting PostgreSQL and Kafka");
  const servers = await startServers();
  const shops = new Set<Shop>();
  let mainShops = 0;
  let main: Promise<{ shop: Shop; ageMs: () => number }> | undefined;
  const bench: Bench = {
    scale,
    servers,
    folder,
    cpuProfile,
    step: (label) => progress.step(label),
    async startShop(shop) {
      const started = await startShop(servers, {
        ...shop,
        folder: join(folder, shop.name),
        cpuProfile,
      });
      shops.add(started);
      const stop = async () => {
        if (shops.delete(started)) await started.stop();
      };
      return { ...started, stop };
    },
    mainShop() {
      main ??= (async () => {
        const since = performance.now();
        mainShops += 1;
        const shop = await bench.startShop({ name: `main${mainShops}`, payment: 1, sandbox: true });
        return { shop, ageMs: () => performance.now() - since };
      })();
      return main;
    },
    async endMainShop() {
      const ending = main;
      main = undefined;
      await (await ending)?.shop.stop();
    },
  };
  try {
    for (const figure of figures) {
      const stored = await runFigure(bench, figure);
      await storeResult(out, stored);
      progress.next();
      progress.print(shown(stored));
    }
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    progress.print(`Logs of the processes are in ${folder}`);
    throw error;
  } finally {
    await Promise.allSettled([...shops].map((shop) => shop.stop()));
    await servers.close();
  }
}

async function runFigure(bench: Bench, figure: Figure): Promise<StoredResult> {
  const { servers, scale, folder } = bench;
  const begun = performance.now();
  const before = loadNow();
  const measuredAt = new Date().toISOString();
  if (bench.cpuProfile && servers.countsStatements)
    await servers.sql`select pg_stat_statements_reset()`;
  bench.step(`${figure.name}: waiting until the work of the last load is done`);
  await untilRest(servers);
  const result = await figure.run(bench);
  if (bench.cpuProfile) await bench.endMainShop();
  return {
    name: figure.name,
    title: figure.title,
    measuredAt,
    commit: currentCommit(),
    machine: describeMachine(servers.versions.postgres),
    load: { before, after: loadNow() },
    rounds: scale.rounds,
    seconds: (performance.now() - begun) / 1000,
    result,
    profiles: bench.cpuProfile
      ? [...(await statementProfile(servers)), ...(await cpuProfiles(folder))]
      : [],
  };
}

/** The statements that took most of PostgreSQL's time. */
async function statementProfile({ sql, countsStatements }: Servers): Promise<Table[]> {
  if (!countsStatements) return [];
  const rows = await sql<Record<"calls" | "total" | "mean" | "wal" | "query", string>[]>`
    select calls::text, round(total_exec_time)::text as total,
      round(mean_exec_time::numeric, 3)::text as mean, round(wal_bytes / calls)::text as wal,
      left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as query
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where datname <> current_database() and calls >= 20 order by total_exec_time desc limit 12`;
  return [
    {
      caption: "Statements by the time that PostgreSQL took for them",
      head: ["calls", "ms in all", "ms each", "WAL bytes each", "statement"],
      rows: rows.map(({ calls, total, mean, wal, query }) => [
        calls,
        total,
        mean,
        wal,
        `\`${query.replaceAll("`", "'")}\``,
      ]),
    },
  ];
}

/** Profiles of stopped shops: Bun writes a profile when its process ends. */
async function cpuProfiles(folder: string): Promise<Table[]> {
  const tables: Table[] = [];
  for (const name of readdirSync(folder)) {
    const files = new Bun.Glob("*.cpuprofile").scanSync({ cwd: join(folder, name) });
    // of several processes the last one, which did the work; file names begin with the time
    const paths = [...files].sort().map((file) => join(folder, name, file));
    const path = paths.at(-1);
    if (path === undefined) continue;
    const profile = (await Bun.file(path).json()) as CpuProfile;
    for (const each of paths) rmSync(each);
    tables.push({
      caption: `CPU time of order by function, callees not counted (${name})`,
      head: ["share", "function", "file"],
      rows: selfTimes(profile, 20).map((each) => [
        percent(each.share),
        `\`${each.name}\``,
        each.place,
      ]),
    });
  }
  return tables;
}

function shown({ title, result, profiles }: StoredResult): string {
  const rows = (head: readonly string[], cells: readonly (readonly string[])[]) =>
    cells.map((row) => Object.fromEntries(head.map((name, at) => [name || " ", row[at] ?? ""])));
  const tables = [...result.tables, ...profiles].map(
    ({ caption, head, rows: cells }) => `${caption}\n${textTable(rows(head, cells))}`,
  );
  const targets = result.targets.map(targetCells);
  const reached =
    targets.length === 0
      ? []
      : [textTable(rows(["target", "wanted", "measured", "reached"], targets))];
  return [`\n${title}`, ...tables, ...reached].join("\n\n");
}
