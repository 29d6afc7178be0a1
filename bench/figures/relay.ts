import type { Bench, Figure, FigureResult } from "../figure.ts";
import { orderBacklog } from "../lab/backlog.ts";
import { startMeter, usageEach, type Usage } from "../lab/meter.ts";
import { messagesIn, sampleMessage, watchDrain } from "../lab/topics.ts";
import { runTask } from "../load/child_task.ts";
import { cell, median, micros, perSecond, times } from "../report/cells.ts";
import type { KafkaLoad, KafkaOutcome } from "../rivals/kafka_task.ts";

/**
 * Debezium 3.7.0's outbox event router on Kafka Connect 4.3.1 draining 200,000 rows, at its best
 * settings, measured once on two cores shared with PostgreSQL 18.4 and Kafka 4.4.0.
 */
const debeziumPerSecond = 14_100;
/** A tutorial's poller reads at most a hundred rows a second on any machine. */
const pollerPerSecond = 100;

type Sample = { readonly perSecond: number; readonly usage: Usage };

export const relay: Figure = {
  name: "relay",
  title: "Backlog of events to Kafka",
  summary: "the relay drains a backlog with 1, 2 and 4 processes, compared with kafkajs alone",
  estimateMs: ({ drainRows, relays, rounds }) =>
    10_000 + drainRows / 4 + Math.min(2, rounds) * (relays.length + 1) * (6_000 + drainRows / 14),
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale, servers } = bench;
  const { drainRows, relays } = scale;
  const rounds = Math.min(2, scale.rounds);
  bench.step(`relay: ${drainRows} orders without Kafka`);
  const backlog = await orderBacklog(bench, "relay_fill", drainRows);
  const samples = new Map<number, Sample[]>();
  const raw: number[] = [];
  const rawMicros: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const count of relays) {
      bench.step(`relay: round ${round} of ${rounds}, ${count} relays`);
      const { topic, ...sample } = await drain(bench, { backlog, relays: count, round });
      samples.set(count, [...(samples.get(count) ?? []), sample]);
      if (count !== relays[0]) continue;
      bench.step(`relay: round ${round} of ${rounds}, kafkajs alone`);
      const outcome = await kafkajsAlone(bench, topic);
      raw.push(outcome.perSecond);
      rawMicros.push(outcome.cpuMicros / drainRows);
    }
  }
  await servers.dropDatabase(backlog);
  const rate = (count: number) => median((samples.get(count) ?? []).map((each) => each.perSecond));
  const cost = (count: number, pick: (usage: Usage) => number | undefined) =>
    median((samples.get(count) ?? []).map(({ usage }) => pick(usage) ?? NaN));
  const one = relays[0] ?? 1;
  const ratio = median(
    (samples.get(one) ?? []).map((each, round) => each.perSecond / (raw[round] ?? NaN)),
  );
  const best = Math.max(...relays.map(rate));
  const rival = median(raw);
  return {
    targets: [
      { text: "one relay, compared with kafkajs alone", unit: "×", atLeast: 1.4, reached: ratio },
      {
        text: `one relay, compared with Debezium 3.7.0 (${perSecond(debeziumPerSecond)} a second, measured once on two cores)`,
        unit: "×",
        atLeast: 2.5,
        reached: rate(one) / debeziumPerSecond,
      },
      {
        text: "WAL for an event",
        unit: "B",
        atMost: 200,
        reached: cost(one, (usage) => usage.walBytes),
      },
    ],
    tables: [
      {
        caption: `A backlog of ${perSecond(drainRows)} events, and the cost of an event`,
        head: [
          "",
          "events a second",
          "compared with kafkajs alone",
          "order",
          "PostgreSQL",
          "Kafka",
          "WAL bytes",
          "statements",
        ],
        rows: [
          ...relays.map((count) => [
            `${count} relay${count === 1 ? "" : "s"}`,
            perSecond(rate(count)),
            times(count === one ? ratio : rate(count) / rival),
            micros(cost(count, (usage) => usage.micros.order)),
            micros(cost(count, (usage) => usage.micros.postgres)),
            micros(cost(count, (usage) => usage.micros.kafka)),
            cell(cost(count, (usage) => usage.walBytes)),
            cell(cost(count, (usage) => usage.statements)),
          ]),
          ["kafkajs alone", perSecond(rival), "1.00 ×", micros(median(rawMicros)), "", "", "", ""],
          [
            "a poller as in tutorials",
            perSecond(pollerPerSecond),
            times(pollerPerSecond / rival),
            "",
            "",
            "",
            "",
            "",
          ],
        ],
      },
    ],
    charts: [
      {
        kind: "bars",
        name: "relay",
        title: "Events a second out of a backlog",
        unit: "more is better",
        groups: [
          ...relays.map((count) => ({
            label: `${count} relay${count === 1 ? "" : "s"}`,
            bars: [{ series: "events", value: rate(count) }],
          })),
          { label: "kafkajs alone", bars: [{ series: "events", value: rival }] },
          { label: "Debezium 3.7.0", bars: [{ series: "events", value: debeziumPerSecond }] },
          { label: "poller as in tutorials", bars: [{ series: "events", value: pollerPerSecond }] },
        ],
      },
    ],
    notes: [
      `Each relay is a whole process of the order service. kafkajs alone, as published and without our patch, sends the same messages, a thousand at a time and acknowledged by all replicas, without a database; the highest of ${relays.length} settings was ${perSecond(best)} a second.`,
    ],
    samples: { relays: Object.fromEntries(samples), kafkajs: raw },
  };
}

async function drain(
  bench: Bench,
  options: { backlog: string; relays: number; round: number },
): Promise<Sample & { topic: string }> {
  const { servers, scale } = bench;
  const name = `relay_${options.relays}_${options.round}`;
  await servers.createDatabase(name, options.backlog);
  const starting = bench.startShop({
    name,
    order: options.relays,
    databases: { order: name },
  });
  // the relay starts before its service is ready; watchDrain() measures only the rest of the
  // backlog
  const topic = `${name}.OrderCreated`;
  const shop = await starting;
  let used: (() => Promise<Usage>) | undefined;
  const { events, perSecond } = await watchDrain({
    total: scale.drainRows,
    count: () => messagesIn(servers.admin, topic),
    async onFirst() {
      used = await startMeter(servers, shop.pids);
    },
    limitMs: 10 * 60_000,
  });
  const usage = await used?.();
  await shop.stop();
  await servers.dropDatabase(name);
  if (usage === undefined) throw new Error("The backlog was drained before it could be measured");
  return { topic, perSecond, usage: usageEach(usage, events) };
}

async function kafkajsAlone(
  { servers, scale }: Bench,
  like: string,
): Promise<KafkaOutcome & { cpuMicros: number }> {
  const message = await sampleMessage(servers, like);
  const topic = `kafkajs.${crypto.randomUUID()}`;
  const [{ partitions } = { partitions: [] }] = (
    await servers.admin.fetchTopicMetadata({ topics: [like] })
  ).topics;
  await servers.admin.createTopics({
    topics: [{ topic, numPartitions: partitions.length }],
    waitForLeaders: true,
  });
  const outcome = await runTask<KafkaLoad, KafkaOutcome>("rivals/kafka_task.ts", {
    brokers: servers.brokers,
    topic,
    messages: scale.drainRows,
    batch: 1_000,
    ...message,
  });
  await servers.admin.deleteTopics({ topics: [topic] });
  return outcome;
}
