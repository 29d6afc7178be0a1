import type { Bench, Figure, FigureResult } from "../figure.ts";
import { orderBacklog } from "../lab/backlog.ts";
import { startMeter, usageEach, type Usage } from "../lab/meter.ts";
import { messagesIn, messagesRead, watchDrain } from "../lab/topics.ts";
import { cell, median, micros, perSecond } from "../report/cells.ts";

type Sample = { readonly perSecond: number; readonly usage: Usage };

export const consumer: Figure = {
  name: "consumer",
  title: "Backlog of events into payment",
  summary: "the payment service reads a backlog of OrderCreated",
  estimateMs: ({ consumerRows, rounds }) =>
    15_000 + consumerRows / 3 + Math.min(2, rounds) * (5_000 + consumerRows / 4),
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale, servers } = bench;
  const { consumerRows } = scale;
  bench.step(`consumer: ${consumerRows} orders without Kafka`);
  const backlog = await orderBacklog(bench, "consumer_fill", consumerRows);
  const topicPrefix = "consumer.";
  const topic = `${topicPrefix}OrderCreated`;
  bench.step("consumer: publishing them");
  const relay = await bench.startShop({
    name: "consumer_relay",
    databases: { order: backlog },
    topicPrefix,
  });
  await watchDrain({
    total: consumerRows,
    count: () => messagesIn(servers.admin, topic),
    onFirst: async () => {},
    limitMs: 10 * 60_000,
  });
  await relay.stop();
  const samples: Sample[] = [];
  const groups = Math.min(2, scale.rounds);
  for (let round = 1; round <= groups; round++) {
    bench.step(`consumer: reading them, round ${round} of ${groups}`);
    samples.push(await drain(bench, { topicPrefix, topic, round, backlog }));
  }
  const cost = (pick: (usage: Usage) => number | undefined) =>
    median(samples.map(({ usage }) => pick(usage) ?? NaN));
  const rate = median(samples.map((each) => each.perSecond));
  return {
    targets: [
      {
        text: "statements for a message in a backlog",
        unit: "",
        atMost: 0.05,
        reached: cost((usage) => usage.statements),
      },
    ],
    tables: [
      {
        caption: `A backlog of ${perSecond(consumerRows)} OrderCreated, each opening a payment`,
        head: ["messages a second", "payment", "PostgreSQL", "Kafka", "WAL bytes", "statements"],
        rows: [
          [
            perSecond(rate),
            micros(cost((usage) => usage.micros.payment)),
            micros(cost((usage) => usage.micros.postgres)),
            micros(cost((usage) => usage.micros.kafka)),
            cell(cost((usage) => usage.walBytes)),
            cell(cost((usage) => usage.statements)),
          ],
        ],
      },
    ],
    charts: [],
    notes: [
      "Measured from the group's first committed offset to the last, so the start of the process is not included. Statements include those of the service's other work.",
    ],
    samples: { drains: samples },
  };
}

/** Each round reads the whole topic: it deletes the group's offsets and uses a new database. */
async function drain(
  bench: Bench,
  options: { topicPrefix: string; topic: string; round: number; backlog: string },
): Promise<Sample> {
  const { servers, scale } = bench;
  const { topicPrefix, topic, round } = options;
  const groupId = `${topicPrefix}payment`;
  if (round > 1) await servers.admin.deleteGroups([groupId]);
  const shop = await bench.startShop({
    name: `consumer_${round}`,
    order: 0,
    payment: 1,
    databases: { order: options.backlog },
    topicPrefix,
  });
  let used: (() => Promise<Usage>) | undefined;
  const { events, perSecond } = await watchDrain({
    total: scale.consumerRows,
    count: () => messagesRead(servers.admin, groupId, topic),
    async onFirst() {
      used = await startMeter(servers, shop.pids);
    },
    limitMs: 10 * 60_000,
  });
  const usage = await used?.();
  await shop.stop();
  if (usage === undefined) throw new Error("The backlog was drained before it could be measured");
  const opened = await rowsOf(servers.urlOf(shop.databases.payment), "payments");
  if (opened !== scale.consumerRows)
    throw new Error(`${opened} payments were opened by ${scale.consumerRows} messages`);
  return { perSecond, usage: usageEach(usage, events) };
}

async function rowsOf(url: string, table: string): Promise<number> {
  const { default: postgres } = await import("postgres");
  const sql = postgres(url, { max: 1, onnotice() {} });
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(table)}`;
  await sql.end();
  return row?.count ?? 0;
}
