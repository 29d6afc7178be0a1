// What our promises rest on and Kafka alone decides: how many copies an acknowledgement stands for, and how long a
// topic keeps what is in it. Topics are made right, but may have been made by others, or changed since.
import { ConfigResourceTypes, type Kafka } from "kafkajs";
import { batchBytesMax, retentionMs, type KafkaSettings } from "./kafka.ts";

export type TopicSettings = {
  readonly topic: string;
  /** Of the partition that has the fewest. */
  readonly copies: number;
  readonly configs: Readonly<Record<string, string>>;
};

/** As long as our inboxes remember (retention.ts), with a day between. */
const retentionMsMax = 29 * 24 * 60 * 60 * 1000;
const names = [
  "cleanup.policy",
  "max.message.bytes",
  "min.insync.replicas",
  "retention.bytes",
  "retention.ms",
  "unclean.leader.election.enable",
];

/** One sentence for each setting that breaks a promise, with what to set; none when all is well. */
export function topicFaults(
  { topic, copies, configs }: TopicSettings,
  brokers: number,
): readonly string[] {
  const number = (name: string) => Number(configs[name] ?? Number.NaN);
  const insync = number("min.insync.replicas");
  const kept = number("retention.ms");
  const days = (ms: number) => `${Math.round(ms / 8_640_000) / 10} days`;
  const faults: readonly (readonly [boolean, string])[] = [
    [
      insync > copies,
      `takes no event at all: it has ${copies} copies and min.insync.replicas=${insync}`,
    ],
    [
      brokers >= 3 && insync < 2,
      "acknowledges events that one broker alone has: set min.insync.replicas=2",
    ],
    [
      configs["unclean.leader.election.enable"] === "true",
      "may drop acknowledged events when a broker is lost: set unclean.leader.election.enable=false",
    ],
    [
      kept >= 0 && kept < retentionMs,
      `keeps events for ${days(kept)} only, and readers may be away for longer: set retention.ms=${retentionMs}`,
    ],
    [
      kept < 0 || kept > retentionMsMax,
      `keeps events for longer than inboxes remember them: set retention.ms=${retentionMs}`,
    ],
    [
      number("retention.bytes") >= 0,
      "drops events by size, however new they are: set retention.bytes=-1",
    ],
    [
      (configs["cleanup.policy"] ?? "delete") !== "delete",
      "drops all but the last event of an order: set cleanup.policy=delete",
    ],
    [
      number("max.message.bytes") < batchBytesMax,
      `takes less at once than the largest events need: set max.message.bytes=${batchBytesMax}`,
    ],
  ];
  return faults
    .filter(([isFault]) => isFault)
    .map(([, sentence]) => `Kafka's topic ${topic} ${sentence}`);
}

/** Asks Kafka how our topics are set, and says what is wrong with them. */
export async function readTopicFaults(
  kafka: Kafka,
  settings: KafkaSettings,
  topics: readonly string[],
): Promise<{ readonly brokers: number; readonly faults: readonly string[] }> {
  const wanted = topics.map((topic) => (settings.prefix ?? "") + topic);
  const admin = kafka.admin({ retry: { retries: 3 } });
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const { topics: found } = await admin.fetchTopicMetadata({ topics: wanted });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: wanted.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: names,
      })),
    });
    const faults = found.flatMap(({ name, partitions }) => {
      const entries =
        resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      const configs = Object.fromEntries(
        entries.map(({ configName, configValue }) => [configName, configValue]),
      );
      const copies = Math.min(...partitions.map(({ replicas }) => replicas.length));
      return topicFaults({ topic: name, copies, configs }, brokers.length);
    });
    return { brokers: brokers.length, faults };
  } finally {
    await admin.disconnect();
  }
}
