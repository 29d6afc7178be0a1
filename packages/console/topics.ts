// Reads messages of Kafka's topics without joining a group, so that no group is left behind. kafkajs can fetch only in a
// group consumer, so this code uses its internal connections to brokers; the version of kafkajs is pinned.
import { Partitioners, type Kafka } from "kafkajs";
import type { Page } from "@payflow/back-office";
import { UnavailableError, within, type Log } from "@payflow/database";
import { connectKafka, readTopicStates, withAdmin } from "@payflow/outbox";
import { withCluster, type KafkaSettings } from "@payflow/outbox";
import { mergeNewest } from "./both_parts.ts";

export type TopicMessage = {
  readonly partition: number;
  readonly offset: string;
  readonly at: string;
  readonly key: string | null;
  readonly eventId: string | null;
  /** The first `valueMax` characters. */
  readonly value: string;
};
type MessagePage = {
  readonly topic: string;
  readonly key?: string | undefined;
  readonly after?: string | undefined;
};

/** Time limit of each read. */
const withinMs = 8_000;
const pageMax = 50;
/** Offsets that a search by key reads for one page. */
const searchedMax = 2_000;
const fetchBytesMax = 1024 * 1024;
const valueMax = 20_000;

export type TopicReader = ReturnType<typeof topicReader>;

/** Reads one Kafka. All functions throw UnavailableError `kafka_unavailable`, also when Kafka takes too long. */
export function topicReader(
  settings: KafkaSettings,
  log: Log,
  kafka = connectKafka(settings, log),
) {
  const { prefix = "" } = settings;
  return {
    /** `readTopicStates`. */
    readTopics: (topics: readonly string[], groups: readonly string[]) =>
      withinLimit(readTopicStates(kafka, { prefix, topics, groups })),
    /**
     * Messages of a topic, newest first. With `key` only those of that key: each page reads `searchedMax` offsets of its
     * partition, so an empty page may have a next page. Undefined: the topic does not exist.
     */
    listMessages: (page: MessagePage) =>
      withinLimit(listMessages(kafka, { ...page, topic: prefix + page.topic })),
  };
}

async function listMessages(
  kafka: Kafka,
  { topic, key, after }: MessagePage,
): Promise<Page<TopicMessage> | undefined> {
  return await withCluster(kafka, async (cluster: Cluster) => {
    const partitions = await partitionsOf(kafka, topic);
    if (partitions === undefined) return undefined;
    const wanted = key === undefined ? undefined : partitionOf(topic, key, partitions.length);
    const places = placesOf(after);
    const reach = key === undefined ? pageMax : searchedMax;
    const reads = partitions
      .filter(({ partition }) => partition === (wanted ?? partition))
      .map(async ({ partition, low, high }) => {
        const upTo = Math.min(places.get(partition) ?? Infinity, Number(high));
        const from = Math.max(Number(low), upTo - reach);
        const found = await fetchRange(cluster, { topic, key, partition, from, upTo });
        return { partition, low: Number(low), from, upTo, found };
      });
    const read = await Promise.all(reads);
    const lists = read.map(({ found }) => found.toReversed());
    const rows = mergeNewest(lists, ({ at }) => at).slice(0, pageMax);
    const left = read.map(({ partition, low, from, upTo, found }) => {
      const shown = rows.filter((row) => row.partition === partition);
      const lowest = Math.min(upTo, ...shown.map(({ offset }) => Number(offset)));
      return { partition, low, upTo: shown.length === found.length ? from : lowest };
    });
    return { rows, next: nextOf(left) };
  });
}

/** `0:17,2:5`: the offset of each partition before which the next page reads; null when no messages are left. */
function nextOf(left: readonly { partition: number; low: number; upTo: number }[]): string | null {
  if (left.every(({ low, upTo }) => upTo <= low)) return null;
  return left.map(({ partition, upTo }) => `${partition}:${upTo}`).join(",");
}

function placesOf(after: string | undefined): ReadonlyMap<number, number> {
  const places = [...(after ?? "").matchAll(/(\d{1,6}):(\d{1,15})/g)];
  return new Map(places.map(([, partition, upTo]) => [Number(partition), Number(upTo)]));
}

/** The partition into which the relay sends this key. */
function partitionOf(topic: string, key: string, count: number): number {
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId }));
  const message = { key, value: null };
  return Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message } as never);
}

function partitionsOf(kafka: Kafka, topic: string) {
  return withAdmin(kafka, 1, async (admin) =>
    (await admin.listTopics()).includes(topic) ? await admin.fetchTopicOffsets(topic) : undefined,
  );
}

type Cluster = {
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, unknown>>;
  findBroker(of: { nodeId: string }): Promise<{
    fetch(request: object): Promise<{
      readonly responses: readonly {
        readonly partitions: readonly { readonly messages: readonly Fetched[] }[];
      }[];
    }>;
  }>;
};
type Fetched = {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>>;
};

async function fetchRange(
  cluster: Cluster,
  range: { topic: string; key: string | undefined; partition: number; from: number; upTo: number },
): Promise<TopicMessage[]> {
  const { topic, key, partition, upTo } = range;
  const rows: TopicMessage[] = [];
  await cluster.addTargetTopic(topic);
  const [nodeId = ""] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = await cluster.findBroker({ nodeId });
  for (let from = range.from; from < upTo;) {
    const partitions = [{ partition, fetchOffset: String(from), maxBytes: fetchBytesMax }];
    const { responses } = await broker.fetch({
      maxWaitTime: 100,
      minBytes: 1,
      maxBytes: fetchBytesMax,
      isolationLevel: 1,
      topics: [{ topic, partitions }],
    });
    const messages = responses[0]?.partitions[0]?.messages ?? [];
    const last = messages.at(-1);
    if (last === undefined || Number(last.offset) < from) break;
    // Kafka returns whole batches, which may begin before the wanted offset
    const inRange = messages.filter(
      ({ offset }) => Number(offset) >= from && Number(offset) < upTo,
    );
    const ofKey = inRange.filter((message) => key === undefined || key === message.key?.toString());
    rows.push(...ofKey.map((message) => shown(message, partition)));
    from = Number(last.offset) + 1;
  }
  return rows;
}

function shown({ offset, timestamp, key, value, headers }: Fetched, partition: number) {
  const eventId = headers?.["ce_id"];
  return {
    partition,
    offset,
    at: new Date(Math.min(Math.max(Number(timestamp), 0), 8.64e15)).toISOString(),
    key: key && key.toString(),
    eventId: eventId === undefined ? null : String(eventId),
    value: (value?.toString() ?? "").slice(0, valueMax),
  };
}

function withinLimit<T>(read: Promise<T>): Promise<T> {
  return within(read, withinMs).catch((cause: unknown) => {
    throw new UnavailableError("kafka_unavailable", { cause });
  });
}
