import { Kafka, logLevel } from "kafkajs";
import postgres from "postgres";
import type { Bench, Figure, FigureResult } from "../figure.ts";
import type { Shop } from "../lab/shop.ts";
import { runTask } from "../load/child_task.ts";
import type { HttpLoad, HttpOutcome } from "../load/http_load.ts";
import { cart } from "../load/shopper.ts";
import { ms, perSecond } from "../report/cells.ts";
import { medianSpread, spreadOf, type Spread } from "../report/percentiles.ts";
import type { PollerLoad, PollerOutcome } from "../rivals/poller_task.ts";

type Sample = {
  /** From the order's commit to a reader of the topic. */
  readonly reader: Spread;
  /** From the order's commit to the commit of its payment's row. */
  readonly effect: Spread;
  /** From the due time of a request to its response. */
  readonly answer: Spread;
  readonly lateMs: number;
};

const judgedRate = 500;
/** Above this rate, a tutorial's poller only shows how long its queue has become. */
const rivalRateMax = 500;

export const effect: Figure = {
  name: "effect",
  title: "From commit to effect",
  summary: "commit of an order to a reader and to its payment's row, at constant rates (open loop)",
  estimateMs: ({ effectRates, effectMs, rounds, warmMs }) =>
    15_000 +
    warmMs +
    effectRates.length * rounds * (effectMs + 3_000) +
    effectRates.filter((rate) => rate <= rivalRateMax).length * 2 * (effectMs + 8_000),
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale, servers } = bench;
  const { shop } = await bench.mainShop();
  const reader = await startReader(servers.brokers, `${shop.topicPrefix}OrderCreated`);
  const samples = new Map<number, Sample[]>();
  const rivals = new Map<string, Spread>();
  bench.step("effect: warming up");
  await placeAtRate(bench, shop, { perSecond: judgedRate, forMs: scale.warmMs });
  for (const rate of scale.effectRates) {
    for (let round = 1; round <= scale.rounds; round++) {
      bench.step(`effect: ${rate} a second, round ${round} of ${scale.rounds}`);
      const sample = await measure(bench, { shop, rate, readAtMs: reader.readAtMs });
      samples.set(rate, [...(samples.get(rate) ?? []), sample]);
    }
    if (rate > rivalRateMax) continue;
    for (const kind of ["poller", "kafkajs"] as const) {
      bench.step(`effect: ${rate} a second, ${rivalNames[kind]}`);
      rivals.set(`${kind} ${rate}`, await rivalAt(bench, kind, rate));
    }
  }
  await reader.stop();
  const of = (rate: number, pick: (sample: Sample) => Spread) =>
    medianSpread((samples.get(rate) ?? []).map(pick));
  const cells = ({ p50, p95, p99 }: Spread) => [p50, p95, p99].map(ms);
  const judged = scale.effectRates.includes(judgedRate) ? judgedRate : (scale.effectRates[0] ?? 0);
  const readers = of(judged, (sample) => sample.reader);
  const effects = of(judged, (sample) => sample.effect);
  const target = (text: string, atMost: number, reached: number) => ({
    text: `${text} at ${judged} a second`,
    unit: "ms",
    atMost,
    reached,
  });
  return {
    targets: [
      target("commit to reader, p50", 2, readers.p50),
      target("commit to reader, p99", 15, readers.p99),
      target("commit of the order to commit of its payment, p50", 10, effects.p50),
      target("commit of the order to commit of its payment, p99", 40, effects.p99),
    ],
    tables: [
      {
        caption: "From the commit of an order to a reader of its event",
        head: ["", "orders a second", "p50", "p95", "p99"],
        rows: scale.effectRates.flatMap((rate) => [
          ["PayFlow", perSecond(rate), ...cells(of(rate, (sample) => sample.reader))],
          ...(["kafkajs", "poller"] as const).flatMap((kind) => {
            const spread = rivals.get(`${kind} ${rate}`);
            return spread ? [[rivalNames[kind], perSecond(rate), ...cells(spread)]] : [];
          }),
        ]),
      },
      {
        caption: "From the commit of an order to the commit of its payment's row",
        head: ["orders a second", "p50", "p95", "p99", "response to the shopper, p50", "p99"],
        rows: scale.effectRates.map((rate) => {
          const answer = of(rate, (sample) => sample.answer);
          return [
            perSecond(rate),
            ...cells(of(rate, (sample) => sample.effect)),
            ms(answer.p50),
            ms(answer.p99),
          ];
        }),
      },
    ],
    charts: [
      {
        kind: "bars",
        name: "effect",
        title: "From commit to effect",
        unit: "ms, less is better",
        groups: scale.effectRates.map((rate) => ({
          label: `${perSecond(rate)} a second`,
          bars: [
            { series: "reader p50", value: of(rate, (sample) => sample.reader).p50 },
            { series: "reader p99", value: of(rate, (sample) => sample.reader).p99 },
            { series: "payment p50", value: of(rate, (sample) => sample.effect).p50 },
            { series: "payment p99", value: of(rate, (sample) => sample.effect).p99 },
          ],
        })),
      },
    ],
    notes: [
      "PostgreSQL dates both commits (track_commit_timestamp), the same machine's clock the reader. Requests are due by the clock, whether or not earlier ones have ended, and latency counts from the time when a request was due.",
    ],
    samples: { payflow: Object.fromEntries(samples), rivals: Object.fromEntries(rivals) },
  };
}

async function placeAtRate(
  _bench: Bench,
  shop: Shop,
  options: { perSecond: number; forMs: number },
): Promise<HttpOutcome> {
  const outcome = await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", {
    ports: shop.orderPorts,
    host: shop.host,
    path: "/api/orders",
    body: cart,
    connections: 256,
    ...options,
  });
  if (outcome.statuses["201"] !== outcome.sent)
    throw new Error(`Not every order was accepted: ${JSON.stringify(outcome.statuses)}`);
  return outcome;
}

async function measure(
  bench: Bench,
  options: { shop: Shop; rate: number; readAtMs: ReadonlyMap<string, number> },
): Promise<Sample> {
  const { shop, rate, readAtMs } = options;
  const { servers, scale } = bench;
  const order = postgres(servers.urlOf(shop.databases.order), { max: 1, onnotice() {} });
  const payment = postgres(servers.urlOf(shop.databases.payment), { max: 1, onnotice() {} });
  try {
    const [from] = await order<{ now: Date }[]>`select clock_timestamp() as now`;
    const since = from?.now ?? new Date();
    const outcome = await placeAtRate(bench, shop, { perSecond: rate, forMs: scale.effectMs });
    const placed = await commits(order, "orders", since);
    const giveUpMs = performance.now() + 60_000;
    let opened = await commits(payment, "payments", since);
    // this may include payments of earlier orders
    const isOpen = (id: string) => opened.has(id);
    while (![...placed.keys()].every(isOpen) && performance.now() < giveUpMs) {
      await Bun.sleep(200);
      opened = await commits(payment, "payments", since);
    }
    const durations = (later: ReadonlyMap<string, number>) =>
      [...placed].flatMap(([id, ms]) => {
        const at = later.get(id);
        return at === undefined ? [] : [at - ms];
      });
    const effects = durations(opened);
    if (placed.size !== outcome.sent || effects.length !== placed.size)
      throw new Error(
        `${effects.length} payments of ${placed.size} orders of ${outcome.sent} requests`,
      );
    return {
      reader: spreadOf(durations(readAtMs)),
      effect: spreadOf(effects),
      answer: outcome.accepted,
      lateMs: outcome.lateMs,
    };
  } finally {
    await Promise.all([order.end(), payment.end()]);
  }
}

/** The commit time of each row that was not changed since, in milliseconds since 1970. */
async function commits(
  sql: postgres.Sql,
  table: "orders" | "payments",
  since: Date,
): Promise<Map<string, number>> {
  const rows = await sql<{ id: string; ms: number }[]>`
    select id::text as id, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8 as ms
    from ${sql(table)} where version = 1 and pg_xact_commit_timestamp(xmin) >= ${since}`;
  return new Map(rows.map(({ id, ms }) => [id, ms]));
}

async function startReader(brokers: readonly string[], topic: string) {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: crypto.randomUUID(), maxWaitTimeInMs: 100 });
  const readAtMs = new Map<string, number>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const now = performance.timeOrigin + performance.now();
      for (const { key } of batch.messages) {
        const id = String(key);
        if (!readAtMs.has(id)) readAtMs.set(id, now);
      }
    },
  });
  return { readAtMs, stop: () => consumer.disconnect() };
}

const rivalNames = { poller: "a poller as in tutorials", kafkajs: "kafkajs alone, no database" };

async function rivalAt(
  { servers, scale }: Bench,
  kind: PollerLoad["kind"],
  perSecond: number,
): Promise<Spread> {
  const name = `rival_${kind}_${perSecond}`;
  const url = await servers.createDatabase(name);
  const sql = postgres(url, { max: 1, onnotice() {} });
  await sql`create table polled (id bigint generated always as identity primary key,
    key text not null, payload json not null, published_at timestamptz)`;
  await sql.end();
  const topic = `${name}.events`;
  await servers.admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
  const { latency } = await runTask<PollerLoad, PollerOutcome>("rivals/poller_task.ts", {
    url,
    brokers: servers.brokers,
    topic,
    perSecond,
    forMs: scale.effectMs,
    kind,
  });
  await servers.dropDatabase(name);
  return latency;
}
