import { sql, type Kysely } from "kysely";
import { slotCount } from "@payflow/outbox";

/** One figure as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
};

/** What every service has to show of its messages. */
export async function messageMetrics(db: Kysely<never>): Promise<Metric[]> {
  const { rows } = await sql<Record<string, number>>`
    select
      (select count(*) from outbox where published_at is null)::integer as waiting,
      (select coalesce(extract(epoch from now() - min(created_at)), 0) from outbox where published_at is null)::float8 as oldest,
      (select count(*) from leases where name like 'slot:%' and expires_at > now())::integer as held,
      (select count(*) from dead_letters where replayed_at is null and discarded_at is null)::integer as dead,
      (select coalesce(sum(refused), 0) from unsigned_messages)::float8 as unsigned`.execute(db);
  const { waiting = 0, oldest = 0, held = 0, dead = 0, unsigned = 0 } = rows[0] ?? {};
  return [
    {
      name: "payflow_outbox_waiting",
      help: "Events that Kafka does not have yet",
      value: waiting,
    },
    {
      name: "payflow_outbox_oldest_seconds",
      help: "Age of the oldest of them",
      value: oldest,
    },
    {
      name: "payflow_outbox_slots_unheld",
      help: "Slots of the outbox that no relay sends for",
      value: slotCount - held,
    },
    {
      name: "payflow_dead_letters",
      help: "Messages that could not be handled, neither replayed nor discarded",
      value: dead,
    },
    {
      name: "payflow_unsigned_messages",
      help: "Messages ever refused because none of our services had signed them",
      value: unsigned,
    },
  ];
}

/** Text for a scrape. */
export function metricsText(metrics: readonly Metric[]): string {
  const byName = Map.groupBy(metrics, (metric) => metric.name);
  const blocks = [...byName].map(([name, group]) => {
    const lines = group.map(({ labels, value }) => {
      const pairs = Object.entries(labels ?? {}).map(
        ([key, text]) => `${key}="${text.replace(/["\\\n]/g, " ")}"`,
      );
      return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
    });
    return [`# HELP ${name} ${group[0]?.help}`, `# TYPE ${name} gauge`, ...lines].join("\n");
  });
  return `${blocks.join("\n")}\n`;
}
