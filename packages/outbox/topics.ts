// The topics that a service writes and reads: creates missing ones and reports unsafe settings. Replication and retention
// are settings of Kafka, and others may have created or changed a topic.
import { ConfigResourceTypes, type Admin, type Kafka } from "kafkajs";
import { backoffMs, createWorker, pause, type Log, type Worker } from "@payflow/database";
import { isStillStarting, withAdmin, type KafkaSettings } from "./kafka.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** How long a consumer may be offline; its inbox keeps message ids for longer. */
const retentionMs = 14 * dayMs;
/** How long inboxes keep message ids (retention.ts), less one day. */
const retentionMsMax = 29 * dayMs;
/** The largest batch of a partition: Kafka's default, set on the topic because a broker's own may be lower. */
const batchBytesMax = 1024 * 1024;
/** With three, one broker may be lost while another restarts. */
const replicasMax = 3;
/** About five seconds of back-off. */
const leaderTriesMax = 10;
/** A broker that lost its disk gets its topics back within this time. */
const pollMs = 5_000;
const checkEveryMs = 60_000;

/** Creates the topics that are missing, and waits until they have leaders. Returns the names of those that it created. */
export async function createTopics(
  kafka: Kafka,
  settings: KafkaSettings,
  names: readonly string[],
): Promise<readonly string[]> {
  const prefixed = names.map((name) => (settings.prefix ?? "") + name);
  return withAdmin(kafka, 3, async (admin) => {
    const existing = await admin.listTopics();
    const missing = prefixed.filter((name) => !existing.includes(name));
    if (missing.length === 0) return [];
    const { brokers } = await admin.describeCluster();
    const replicas = Math.min(replicasMax, brokers.length);
    const configEntries = [
      { name: "retention.ms", value: String(retentionMs) },
      { name: "max.message.bytes", value: String(batchBytesMax) },
      { name: "min.insync.replicas", value: String(replicas >= 3 ? 2 : 1) },
    ];
    const { partitions: numPartitions = 3 } = settings;
    const shape = { numPartitions, replicationFactor: replicas, configEntries };
    const topics = missing.map((topic) => ({ ...shape, topic }));
    // no error when another replica has just created them
    await admin.createTopics({ waitForLeaders: false, topics });
    await untilLed(admin, missing);
    return missing;
  });
}

/** At first, some brokers do not know a new topic and some partitions have no leader: requests would fail. */
async function untilLed(admin: Admin, topics: readonly string[]): Promise<void> {
  for (let tries = 1; tries < leaderTriesMax; tries++) {
    try {
      // sends a request to each leader: a broker may not know yet that it leads a partition
      for (const topic of topics) await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (!isStillStarting(error)) throw error;
    }
    await pause(backoffMs(tries, { firstMs: 20, maxMs: 1_000 }));
  }
  // the next user of the topic gets the error, and retries
}

/** Recreates missing topics and logs each unsafe setting once. Calls `begin` once all exist, until it succeeds. */
export function keepTopics(options: {
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  readonly topics: readonly string[];
  readonly begin: () => void;
  readonly log: Log;
}): Worker {
  const { kafka, settings, topics, log } = options;
  const names = topics.map((topic) => (settings.prefix ?? "") + topic);
  let begun = false;
  let checkAtMs = 0;
  let logged: readonly string[] = [];

  async function check(): Promise<void> {
    if (performance.now() < checkAtMs) return;
    const isFirst = checkAtMs === 0;
    checkAtMs = performance.now() + checkEveryMs;
    try {
      const { brokers, faults } = await readTopicFaults(kafka, names);
      if (isFirst && brokers < 3)
        log.info(
          { brokers },
          "Kafka has fewer than three brokers: an acknowledged event is lost with the disks of the brokers that store it",
        );
      for (const fault of faults) if (!logged.includes(fault)) log.warn(fault);
      logged = faults;
    } catch (error) {
      log[isFirst ? "info" : "debug"](
        { err: error },
        "the settings of Kafka's topics could not be read: allow DescribeConfigs on them",
      );
    }
  }

  return createWorker({
    name: "topics",
    idleMs: pollMs,
    log,
    isExpected: isStillStarting,
    runOnce: async () => {
      const created = await createTopics(kafka, settings, topics);
      if (begun && created.length > 0) log.warn({ topics: created }, "Kafka had lost these topics");
      if (!begun) options.begin();
      begun = true;
      await check();
    },
  });
}

/** One sentence for each unsafe setting. `replicas` are those of the partition with the fewest. */
export function topicFaults(
  found: { topic: string; replicas: number; configs: Readonly<Record<string, string>> },
  brokers: number,
): readonly string[] {
  const { topic, replicas, configs } = found;
  const number = (name: string) => Number(configs[name] ?? NaN);
  const insync = number("min.insync.replicas");
  const kept = number("retention.ms");
  const days = (ms: number) => `${Math.round((10 * ms) / dayMs) / 10} days`;
  const faults = [
    insync > replicas &&
      `accepts no events: it has ${replicas} replicas and min.insync.replicas=${insync}`,
    replicas < Math.min(replicasMax, brokers) &&
      `has ${replicas} replicas, and there are ${brokers} brokers: reassign its partitions`,
    brokers >= 3 &&
      insync < 2 &&
      "acknowledges events that only one broker has: set min.insync.replicas=2",
    configs["unclean.leader.election.enable"] === "true" &&
      "may drop acknowledged events when a broker is lost: set unclean.leader.election.enable=false",
    kept >= 0 &&
      kept < retentionMs &&
      `keeps events for ${days(kept)} only, and consumers may be offline for longer: set retention.ms=${retentionMs}`,
    (kept < 0 || kept > retentionMsMax) &&
      `keeps events for longer than inboxes keep their ids: set retention.ms=${retentionMs}`,
    number("retention.bytes") >= 0 &&
      "drops events by size, however new they are: set retention.bytes=-1",
    (configs["cleanup.policy"] ?? "delete") !== "delete" &&
      "drops all but the last event of a key: set cleanup.policy=delete",
    number("max.message.bytes") < batchBytesMax &&
      `accepts smaller batches than the largest events need: set max.message.bytes=${batchBytesMax}`,
  ];
  return faults.flatMap((fault) => (fault ? [`Kafka's topic ${topic} ${fault}`] : []));
}

function readTopicFaults(kafka: Kafka, topics: string[]) {
  return withAdmin(kafka, 3, async (admin) => {
    const { brokers } = await admin.describeCluster();
    const { topics: found } = await admin.fetchTopicMetadata({ topics });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
    });
    const faults = found.flatMap(({ name, partitions }) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries;
      const configs = Object.fromEntries(
        (entries ?? []).map(({ configName, configValue }) => [configName, configValue]),
      );
      const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
      return topicFaults({ topic: name, replicas, configs }, brokers.length);
    });
    return { brokers: brokers.length, faults };
  });
}
