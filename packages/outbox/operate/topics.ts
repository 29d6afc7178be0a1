// What Kafka's topics hold, read without joining a group: groups are for readers that go on, and looking must not leave
// any behind. kafkajs fetches by its group consumer alone, so this reads over its connections to brokers, with its encoder
// and decoder; its version is pinned.
import { Partitioners, type Kafka } from "kafkajs";
import { withAdmin, type KafkaSettings } from "../kafka.ts";
import { UnavailableError } from "../errors.ts";
import { lagOf } from "../lag.ts";
import { within } from "../pause.ts";
import { withCluster } from "../topic_ids.ts";
import type { Page } from "./page.ts";

export type TopicState = {
  readonly topic: string;
  readonly partitions: number;
  /** Messages that Kafka has. */
  readonly messages: number;
  /** Those of the groups that have read from it, and how many messages each has yet to handle. */
  readonly groups: readonly { readonly group: string; readonly lag: number }[];
};

export type TopicMessage = {
  readonly partition: number;
  readonly offset: string;
  readonly at: string;
  readonly key: string | null;
  readonly eventId: string | null;
  /** Its first `valueMax` characters. */
  readonly value: string;
};

/** A look takes no longer, whatever Kafka does. */
const withinMs = 8_000;
const pageMax = 50;
/** Offsets that a search by key reads for one page. */
const searchedMax = 2_000;
/** Offsets of a partition that are read at once. */
const readTogether = 250;
const fetchBytesMax = 1024 * 1024;
const valueMax = 20_000;

/** The services' topics with the lag of their groups. Throws UnavailableError `kafka_unavailable`. */
export async function readTopics(
  kafka: Kafka,
  {
    prefix = "",
    topics,
    groups,
  }: Pick<KafkaSettings, "prefix"> & {
    readonly topics: readonly string[];
    readonly groups: readonly string[];
  },
): Promise<readonly TopicState[]> {
  const read = withAdmin(kafka, 1, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const found = topics.filter((topic) => existing.has(prefix + topic));
    const committed = await Promise.all(
      groups.map(async (group) => {
        const names = found.map((topic) => prefix + topic);
        const offsets = await admin.fetchOffsets({ groupId: prefix + group, topics: names });
        return { group, offsets };
      }),
    );
    return await Promise.all(
      found.map(async (topic): Promise<TopicState> => {
        const ends = await admin.fetchTopicOffsets(prefix + topic);
        const lags = committed.flatMap(({ group, offsets }) => {
          const read = offsets.find((one) => one.topic === prefix + topic)?.partitions ?? [];
          const isReader = read.some(({ offset }) => Number(offset) >= 0);
          return isReader ? [{ group, lag: lagOf(ends, read) }] : [];
        });
        const messages = lagOf(ends, []);
        return { topic, partitions: ends.length, messages, groups: lags };
      }),
    );
  });
  return await inTime(read);
}

/**
 * Messages of a topic, newest first; with `key`, those of one key, of which the partition's newest `searchedMax` offsets
 * are read for each page: a page may be empty, and have one after it. Undefined: there is no such topic. Throws
 * UnavailableError `kafka_unavailable`, also when Kafka takes too long.
 */
export async function listMessages(
  kafka: Kafka,
  options: Pick<KafkaSettings, "prefix"> & {
    readonly topic: string;
    readonly key?: string | undefined;
    readonly after?: string | undefined;
  },
): Promise<Page<TopicMessage> | undefined> {
  const { prefix = "", key } = options;
  const topic = prefix + options.topic;
  const read = withCluster<Cluster, Page<TopicMessage> | undefined>(kafka, async (cluster) => {
    const metadata = await partitionsOf(kafka, topic);
    if (metadata === undefined) return undefined;
    const isWanted = partitionOf(topic, key, metadata.length);
    const upTo = placesOf(options.after);
    const wanted = metadata
      .filter(({ partition }) => isWanted === undefined || partition === isWanted)
      .map(({ partition, low, high }) => ({
        partition,
        low: Number(low),
        upTo: Math.min(upTo.get(partition) ?? Infinity, Number(high)),
      }));
    return key === undefined
      ? await newest(cluster, topic, wanted)
      : await ofKey(cluster, { topic, key, place: wanted[0] });
  });
  return await inTime(read);
}

type Place = { readonly partition: number; readonly low: number; readonly upTo: number };

/** The newest of all partitions by time: each is read as far back as a page reaches at the most. */
async function newest(
  cluster: Cluster,
  topic: string,
  places: readonly Place[],
): Promise<Page<TopicMessage>> {
  const read = await Promise.all(
    places.map(async ({ partition, low, upTo }) => {
      const from = Math.max(low, upTo - pageMax);
      return await fetchRange(cluster, { topic, partition, from, upTo });
    }),
  );
  const rows = read.flat().sort(byNewest).slice(0, pageMax);
  const left = places.map(({ partition, low, upTo }) => {
    const shown = rows.filter((row) => row.partition === partition);
    const lowest = Math.min(upTo, ...shown.map(({ offset }) => Number(offset)));
    // a range without one message, as after a broker's own records, is left behind
    const isEmpty = !read.flat().some((row) => row.partition === partition);
    return { partition, low, upTo: isEmpty ? Math.max(low, upTo - pageMax) : lowest };
  });
  return { rows, next: nextOf(left) };
}

async function ofKey(
  cluster: Cluster,
  { topic, key, place }: { topic: string; key: string; place: Place | undefined },
): Promise<Page<TopicMessage>> {
  if (place === undefined) return { rows: [], next: null };
  const { partition, low } = place;
  const until = Math.max(low, place.upTo - searchedMax);
  const rows: TopicMessage[] = [];
  let { upTo } = place;
  while (upTo > until && rows.length < pageMax) {
    const from = Math.max(until, upTo - readTogether);
    const found = await fetchRange(cluster, { topic, partition, from, upTo });
    rows.push(...found.filter((row) => row.key === key).sort(byNewest));
    upTo = from;
  }
  return { rows, next: nextOf([{ partition, low, upTo }]) };
}

const byNewest = (a: TopicMessage, b: TopicMessage) =>
  a.partition === b.partition
    ? Number(b.offset) - Number(a.offset)
    : b.at.localeCompare(a.at) || a.partition - b.partition;

/** `0:17,2:5`: up to which offset of each partition the next page reads; null when nothing is left. */
function nextOf(places: readonly Place[]): string | null {
  if (places.every(({ low, upTo }) => upTo <= low)) return null;
  return places.map(({ partition, upTo }) => `${partition}:${upTo}`).join(",");
}

function placesOf(after: string | undefined): ReadonlyMap<number, number> {
  const places = [...(after ?? "").matchAll(/(\d{1,6}):(\d{1,15})/g)];
  return new Map(places.map(([, partition, upTo]) => [Number(partition), Number(upTo)]));
}

/** The one into which the relay sends this key. */
function partitionOf(topic: string, key: string | undefined, count: number): number | undefined {
  if (key === undefined) return undefined;
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    leader: 0,
  }));
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
  range: { topic: string; partition: number; from: number; upTo: number },
): Promise<TopicMessage[]> {
  const { topic, partition, upTo } = range;
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
    for (const message of messages)
      // a batch is sent whole, also when only its end was wanted
      if (Number(message.offset) >= from && Number(message.offset) < upTo)
        rows.push(shown(message, partition));
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

function inTime<T>(read: Promise<T>): Promise<T> {
  return within(read, withinMs).catch((cause: unknown) => {
    throw new UnavailableError("kafka_unavailable", { cause });
  });
}
