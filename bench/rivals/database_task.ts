// The loop of pgbench, for machines without it: each client has its own connection and sends its
// next transaction, with prepared statements, when the last one has committed.
import postgres from "postgres";
import { serveTask } from "../load/child_task.ts";
import { spreadOf } from "../report/percentiles.ts";
import type { DatabaseLoad, DatabaseOutcome } from "./database_rival.ts";
import { statements } from "./rival_statements.ts";

await serveTask(run);

async function run(load: DatabaseLoad): Promise<Omit<DatabaseOutcome, "cpuMicros">> {
  const { clients, forMs, script, url } = load;
  const pools = Array.from({ length: clients }, () => postgres(url, { max: 1, onnotice() {} }));
  await Promise.all(pools.map((sql) => sql`select 1`));
  const latencies: number[] = [];
  const begun = performance.now();
  await Promise.all(
    pools.map(async (sql) => {
      while (performance.now() - begun < forMs) {
        const from = performance.now();
        await (script === "single"
          ? sql.unsafe(statements.single, [], { prepare: true })
          : inTransaction(sql));
        latencies.push(performance.now() - from);
      }
    }),
  );
  const perSecond = (latencies.length * 1000) / (performance.now() - begun);
  return { perSecond, latency: spreadOf(latencies) };
}

async function inTransaction(sql: postgres.Sql): Promise<void> {
  await sql.begin(async (tx) => {
    const [order] = await tx.unsafe<{ id: string }[]>(statements.order, [], { prepare: true });
    const id = order?.id ?? "";
    await tx.unsafe(statements.item("$1"), [id], { prepare: true });
    await tx.unsafe(statements.event("$1"), [id], { prepare: true });
  });
}
