import type { Servers } from "./servers.ts";
import type { ShopPids } from "./shop.ts";
import { cpuMicrosOf, treeMicrosOf } from "./process_times.ts";

export type Part = "order" | "payment" | "postgres" | "kafka" | "sandbox";
export const parts: readonly Part[] = ["order", "payment", "postgres", "kafka", "sandbox"];

/** Usage between two readings; undefined where the system does not report it. */
export type Usage = {
  readonly micros: Readonly<Record<Part, number | undefined>>;
  readonly walBytes: number;
  /** Full-page images in the WAL: one per page after a checkpoint, so they depend on its time. */
  readonly fullPages: number | undefined;
  readonly statements: number | undefined;
};

/** Starts the meter; the returned function reads the usage since then. */
export async function startMeter(servers: Servers, pids: ShopPids): Promise<() => Promise<Usage>> {
  const before = await reading(servers, pids);
  return async () => {
    const after = await reading(servers, pids);
    const used = (part: Part) => difference(after.micros[part], before.micros[part]);
    return {
      micros: {
        order: used("order"),
        payment: used("payment"),
        postgres: used("postgres"),
        kafka: used("kafka"),
        sandbox: used("sandbox"),
      },
      walBytes: after.walBytes - before.walBytes,
      fullPages: difference(after.fullPages, before.fullPages),
      statements: difference(after.statements, before.statements),
    };
  };
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

async function reading(servers: Servers, pids: ShopPids): Promise<Usage> {
  const { sql, countsStatements } = servers;
  const [wal] = await sql<{ bytes: number }[]>`
    select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`;
  const [calls] = countsStatements
    ? await sql<{ sum: number; pages: number }[]>`
        select coalesce(sum(calls), 0)::float8 as sum, coalesce(sum(wal_fpi), 0)::float8 as pages from pg_stat_statements s
        join pg_database d on d.oid = s.dbid where d.datname <> current_database()`
    : [];
  const all = (each: readonly number[]) =>
    each.reduce<number | undefined>((sum, pid) => {
      const micros = cpuMicrosOf(pid);
      return sum === undefined || micros === undefined ? undefined : sum + micros;
    }, 0);
  const { postgres, kafka } = servers.pids;
  return {
    micros: {
      order: all(pids.order),
      payment: all(pids.payment),
      postgres: postgres === undefined ? undefined : treeMicrosOf(postgres),
      kafka: kafka === undefined ? undefined : cpuMicrosOf(kafka),
      sandbox: all(pids.sandbox),
    },
    walBytes: wal?.bytes ?? 0,
    fullPages: calls?.pages,
    statements: calls?.sum,
  };
}

/** Transactions a second: far more than idle shops have, far fewer than a working shop has. */
const restingPerSecond = 100;
const restWithinMs = 60_000;

/** Resolves when the shops have finished the work of a load, or after a minute. */
export async function untilRest({ sql }: Servers): Promise<void> {
  const count = async () => {
    const [row] = await sql<{ sum: number }[]>`
      select sum(xact_commit + xact_rollback)::float8 as sum from pg_stat_database
      where datname <> current_database()`;
    return row?.sum ?? 0;
  };
  const giveUpAtMs = performance.now() + restWithinMs;
  for (let before = await count(); performance.now() < giveUpAtMs;) {
    await Bun.sleep(1_000);
    const after = await count();
    if (after - before < restingPerSecond) return;
    before = after;
  }
}

/** The usage per unit of work (an order, an event, a checkout). */
export function usageEach(usage: Usage, units: number): Usage {
  const each = (value: number | undefined) => (value === undefined ? undefined : value / units);
  const { micros } = usage;
  return {
    micros: {
      order: each(micros.order),
      payment: each(micros.payment),
      postgres: each(micros.postgres),
      kafka: each(micros.kafka),
      sandbox: each(micros.sandbox),
    },
    walBytes: usage.walBytes / units,
    fullPages: each(usage.fullPages),
    statements: each(usage.statements),
  };
}
