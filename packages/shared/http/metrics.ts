import { sql, type Kysely, type RawBuilder } from "kysely";
import { slotCount } from "@payflow/outbox";

/** One figure as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly value: number;
  readonly status?: string;
};

/** Name, help and a query of one `value`, or of one for each `status`. */
export type MetricQuery = readonly [string, string, RawBuilder<unknown>];

/** A scrape must cost the same at ten rows and at five million: no more are counted. */
export const countMax = 10_000;

/** How many rows a query has, `countMax` at the most. */
export function countOf(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select count(*) as value from (${rows} limit ${sql.lit(countMax)}) as counted`;
}

const messageMetrics: readonly MetricQuery[] = [
  [
    "payflow_outbox_waiting",
    `Events that Kafka does not have yet, ${countMax} at the most`,
    countOf(sql`select from waiting_events`),
  ],
  [
    "payflow_outbox_oldest_seconds",
    "Age of the oldest of them",
    sql`select coalesce(extract(epoch from now() - min(e.created_at)), 0) as value
      from generate_series(0, ${sql.lit(slotCount - 1)}) as s(slot) cross join lateral (
        select * from waiting_events w where w.slot = s.slot order by seq limit 1) w
      cross join lateral (
        select * from events where aggregate_id = w.aggregate_id and version = w.version limit 1) e`,
  ],
  [
    "payflow_outbox_slots_unheld",
    "Slots of the outbox that no relay sends for",
    sql`select ${sql.lit(slotCount)} - count(*) as value from leases
      where name like 'slot:%' and expires_at > now()`,
  ],
  [
    "payflow_dead_letters",
    "Messages that could not be handled, neither replayed nor discarded",
    countOf(sql`select from dead_letters where replayed_at is null and discarded_at is null`),
  ],
  [
    "payflow_unsigned_messages",
    "Messages ever refused because none of our services had signed them",
    sql`select coalesce(sum(refused), 0) as value from unsigned_messages`,
  ],
];

/** What every service has to show of its messages, and the service's own figures, in one statement. */
export async function readMetrics(
  db: Kysely<never>,
  own: readonly MetricQuery[],
): Promise<Metric[]> {
  const all = [...messageMetrics, ...own];
  const lists = all.map(([, , query]) => sql`(select json_agg(f) from (${query}) f)`);
  const { rows } = await sql<{ found: readonly (Pick<Metric, "value" | "status">[] | null)[] }>`
    select json_build_array(${sql.join(lists)}) as found`.execute(db);
  return all.flatMap(([name, help], index) =>
    (rows[0]?.found[index] ?? []).map((found) => ({ name, help, ...found })),
  );
}

export function metricsText(metrics: readonly Metric[]): string {
  const byName = Map.groupBy(metrics, (metric) => metric.name);
  const blocks = [...byName].map(([name, group]) => {
    const lines = group.map(({ status, value }) => {
      const label = status === undefined ? "" : `{status="${status.replace(/["\\\n]/g, " ")}"}`;
      return `${name}${label} ${value}`;
    });
    return [`# HELP ${name} ${group[0]?.help}`, `# TYPE ${name} gauge`, ...lines].join("\n");
  });
  return `${blocks.join("\n")}\n`;
}
