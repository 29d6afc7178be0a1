// A service's metrics for Prometheus. Counters and histograms are per process. Figures of the database are read at each
// scrape, so that all replicas report the same values and a restart loses none, by one statement whose cost does not grow
// with the tables. prom-client is imported by its modules: the main one also loads a push gateway, cluster support and V8's
// metrics, which would take a tenth of a service's start.
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";
import { sql, type Kysely, type RawBuilder } from "kysely";
import { within } from "@payflow/database";
import manifest from "../../../package.json" with { type: "json" };

export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** In seconds: from the time of one statement to the longest wait for Toss. */
const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** A part that does not respond must not delay a scrape, whose time-out is 10 seconds by default. */
const readLimitMs = 2_000;

type Labels<Name extends string> = Readonly<Record<Name, string>>;
type Sample<Name extends string> = readonly [labels: Labels<Name>, value: number];
type Declared<Name extends string> = [
  name: string,
  help: string,
  labelNames: readonly Name[],
  zeros?: readonly Labels<Name>[],
];

export type DatabaseFigure = {
  /** The metric's name in Prometheus. */
  readonly name: string;
  readonly help: string;
  /** Returns one row with the column `value`, or one per value of the column named by `label`. */
  readonly query: RawBuilder<unknown>;
  readonly label?: string;
  readonly isCounter?: true;
};

type Reading = { readonly value: number; readonly [label: string]: string | number };

/** A limited number of concurrent connections or calls. */
type Pool = { readonly size: number; readonly taken: number; readonly waiting: number };

export type Metrics = ReturnType<typeof createMetrics>;

/** Metrics of one service, with a registry of their own: a process may run several services. */
export function createMetrics(options: {
  readonly service: string;
  readonly db: Kysely<never>;
  readonly figures: readonly DatabaseFigure[];
}) {
  const { service, db, figures } = options;
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const pools = new Map<string, () => Pool>();
  const parts = new Map<string, () => boolean>();
  let isDatabaseUp = true;

  const kit = {
    /** `zeros`: series that begin at 0, because `increase()` ignores a series' first value. */
    counter<Name extends string>(...[name, help, labelNames, zeros = []]: Declared<Name>) {
      const counter = new Counter<Name>({ name, help, labelNames, registers });
      for (const labels of zeros) counter.inc(labels, 0);
      return (labels: Labels<Name>) => counter.inc(labels);
    },
    /** Observes durations in seconds; negative ones, due to clock skew, count as 0. */
    histogram<Name extends string>(...[name, help, labelNames, zeros = []]: Declared<Name>) {
      const histogram = new Histogram<Name>({ name, help, labelNames, buckets, registers });
      for (const labels of zeros) histogram.zero(labels);
      return (labels: Labels<Name>, seconds: number) =>
        histogram.observe(labels, Math.max(0, seconds));
    },
    /** Read at each scrape; omitted when the read fails or takes too long. */
    gauge<Name extends string>(
      name: string,
      help: string,
      labelNames: readonly Name[],
      read: () => readonly Sample<Name>[] | Promise<readonly Sample<Name>[]>,
    ): void {
      new Gauge<Name>({
        name,
        help,
        labelNames,
        registers,
        async collect() {
          const samples = await withinLimit((async () => read())());
          this.reset();
          for (const [labels, value] of samples ?? []) this.set(labels, value);
        },
      });
    },
    pool: (name: string, read: () => Pool) => void pools.set(name, read),
    part: (name: string, isUp: () => boolean) => void parts.set(name, isUp),
  };

  kit.part("database", () => isDatabaseUp);
  kit.gauge("payflow_part_up", "1 for a part that can be reached, else 0", ["part"], () =>
    [...parts].map(([part, isUp]) => [{ part }, Number(isUp())] as const),
  );
  for (const [field, help] of [
    ["size", "Places in a pool of connections or calls"],
    ["taken", "Places that are taken"],
    ["waiting", "Callers that wait for a place"],
  ] as const)
    kit.gauge(`payflow_pool_${field}`, help, ["pool"], () =>
      [...pools].map(([pool, read]) => [{ pool }, read()[field]] as const),
    );
  processMetrics(kit, registers);
  const labels = ["method", "route", "status"] as const;
  const requestHelp = "From a request's arrival to its response's headers";
  const zeros = ["internal_error", "overloaded", "rate_limited"].map((code) => ({ code }));
  const refusalHelp = "Requests refused or failed, by the error's code";
  const refusals = kit.counter("payflow_refusals_total", refusalHelp, ["code"], zeros);

  return {
    ...kit,
    request: kit.histogram("payflow_http_request_duration_seconds", requestHelp, labels),
    refused: (code: string) => refusals({ code }),
    /** All metrics in Prometheus' text format; without the database's figures while it is unavailable. */
    async text(): Promise<string> {
      const read = await withinLimit(readFigures(db, figures));
      isDatabaseUp = read !== undefined;
      const ofDatabase = new Registry();
      ofDatabase.setDefaultLabels({ service });
      for (const [index, figure] of figures.entries())
        if (read !== undefined) addFigure(figure, read[index] ?? [], ofDatabase);
      return `${await registry.metrics()}\n${await ofDatabase.metrics()}`;
    },
  };
}

function addFigure(figure: DatabaseFigure, readings: readonly Reading[], registry: Registry) {
  const { name, help, label, isCounter } = figure;
  const labelNames = label === undefined ? [] : [label];
  const shared = { name, help, labelNames, registers: [registry] };
  const metric: Pick<Gauge, "inc"> = isCounter ? new Counter(shared) : new Gauge(shared);
  for (const reading of readings)
    metric.inc(label === undefined ? {} : { [label]: String(reading[label]) }, reading.value);
}

/** Reads all figures by one statement. Returns the rows of each, in the figures' order. */
export async function readFigures(db: Kysely<never>, figures: readonly DatabaseFigure[]) {
  const { rows } = await figuresQuery(figures).execute(db);
  return (rows[0]?.found ?? []).map((readings) => readings ?? []);
}

export function figuresQuery(figures: readonly DatabaseFigure[]) {
  const lists = figures.map(({ query }) => sql`(select json_agg(f) from (${query}) f)`);
  return sql<{ found: readonly (readonly Reading[] | null)[] }>`
    select json_build_array(${sql.join(lists)}) as found`;
}

/** Those of prom-client's default metrics that are meaningful on Bun, under the same names. */
function processMetrics({ gauge }: Pick<Metrics, "gauge">, registers: Registry[]): void {
  new Counter({
    name: "process_cpu_seconds_total",
    help: "CPU time of this process, user and system",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
  const plain = (name: string, help: string, read: () => number | Promise<number>) =>
    gauge(name, help, [], async () => [[{}, await read()]]);
  plain("process_resident_memory_bytes", "Memory of this process", () => process.memoryUsage.rss());
  const start = performance.timeOrigin / 1_000;
  plain("process_start_time_seconds", "When this process began, since 1970", () => start);
  plain("nodejs_eventloop_lag_seconds", "How late the event loop is at the scrape", async () => {
    const sinceMs = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    return (performance.now() - sinceMs) / 1_000;
  });
  gauge("payflow_build_info", "What runs here; always 1", ["version", "bun"], () => [
    [{ version: manifest.version, bun: Bun.version }, 1],
  ]);
}

/** Observes the time from an event's decision to Kafka, and from there to its effect. */
export function observeMessages({ histogram }: Metrics, now: () => string) {
  const toKafka = "From the decision that caused an event until Kafka has the event";
  const published = histogram("payflow_commit_to_publish_seconds", toKafka, []);
  const toEffect = "From when a message was sent to Kafka until it has taken effect here";
  const handled = histogram("payflow_publish_to_effect_seconds", toEffect, ["topic"]);
  return {
    onPublished(events: readonly { readonly created_at: string }[]) {
      const nowMs = Date.parse(now());
      for (const event of events) published({}, (nowMs - Date.parse(event.created_at)) / 1_000);
    },
    onHandled: ({ topic }: { readonly topic: string }, sentAtMs: number) =>
      handled({ topic }, (Date.parse(now()) - sentAtMs) / 1_000),
  };
}

/** Undefined when it fails or takes longer than `readLimitMs`. */
const withinLimit = <T>(read: Promise<T>) => within(read, readLimitMs).catch(() => undefined);
