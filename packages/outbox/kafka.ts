import {
  Kafka,
  logLevel,
  Partitioners,
  type Admin,
  type ISocketFactory,
  type KafkaConfig,
  type SASLOptions,
} from "kafkajs";
import type { Logger } from "@payflow/shared/http";
import { backoffMs, pause } from "./pause.ts";

export type KafkaSettings = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before every topic and group name; empty but in tests that share a broker. */
  readonly prefix?: string;
  readonly tls?: boolean;
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  };
  readonly partitions?: number;
  /** For tests: another way to the brokers. */
  readonly socketFactory?: ISocketFactory;
};

export type OutgoingMessage = {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** A JSON object of text headers, as the outbox stores it. */
  readonly headers: string;
};

/** What may stand in a topic, our event or not. */
export type AnyMessage = Pick<OutgoingMessage, "topic" | "headers"> & {
  readonly key: string | null;
  readonly value: string | Buffer | null;
};

export type EventProducer = {
  /** Resolves when all in-sync replicas have every message. Rejects when that is not known: send again. */
  send(messages: readonly AnyMessage[]): Promise<void>;
  /** Rejects while no broker answers, or none has the topic. Sends nothing. */
  check(topic: string): Promise<void>;
  /** How long one send can take at the most. */
  readonly sendLimitMs: number;
  close(): Promise<void>;
};

/** Longer than a broker needs to move a partition's leadership within one healthy cluster. */
const sendLimitMs = 5_000;
/** 14 days, as long as a reader may be away; its inbox remembers for longer. */
export const retentionMs = 14 * 24 * 60 * 60 * 1000;

/** What a topic takes at once for one partition: Kafka's own default, said so that a broker's lower one does not count. */
export const batchBytesMax = 1024 * 1024;

let isQuiet = false;

/** kafkajs asks for timers in the past, and the runtime would warn of each on standard error. */
function hideTimerWarnings(): void {
  if (isQuiet) return;
  isQuiet = true;
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "TimeoutNegativeWarning") console.error(warning);
  });
}

export function connectKafka(settings: KafkaSettings, log: Logger): Kafka {
  hideTimerWarnings();
  const config: KafkaConfig = {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: 3_000,
    requestTimeout: sendLimitMs,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, error, ...rest } = entry.log as unknown as Record<string, unknown>;
      // kafkajs repeats what it calls errors by itself: they are news for an operator only when they last
      log.debug({ kafka: entry.namespace, error, topic: rest["topic"] }, String(message));
    },
    ...(settings.tls ? { ssl: true } : {}),
    ...(settings.socketFactory ? { socketFactory: settings.socketFactory } : {}),
    ...(settings.sasl ? { sasl: settings.sasl as SASLOptions } : {}),
  };
  return new Kafka(config);
}

/**
 * A plain producer: acknowledgement by all in-sync replicas and one send in flight, not kafkajs's idempotent one,
 * which after a lost answer has its next batch taken for the old one (docs/adr/0005-plain-producer.md). What a
 * repeated send doubles, the readers' inboxes drop.
 */
export function createEventProducer(kafka: Kafka, prefix = ""): EventProducer {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    retry: { retries: 0 },
  });
  let connected: Promise<void> | undefined;
  function connect(): Promise<void> {
    connected ??= producer.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  }
  return {
    sendLimitMs,
    async send(messages) {
      await connect();
      const byTopic = Map.groupBy(messages, (message) => message.topic);
      await producer.sendBatch({
        acks: -1,
        timeout: sendLimitMs,
        topicMessages: [...byTopic].map(([topic, group]) => ({
          topic: prefix + topic,
          messages: group.map(({ key, value, headers }) => ({
            key,
            value,
            headers: JSON.parse(headers) as Record<string, string>,
          })),
        })),
      });
    },
    async check(topic) {
      const admin = kafka.admin({ retry: { retries: 0 } });
      try {
        await admin.connect();
        await admin.fetchTopicMetadata({ topics: [prefix + topic] });
      } finally {
        await admin.disconnect();
      }
    },
    close: () => producer.disconnect(),
  };
}

/** Kafka took none of a partition's messages, since together they are more than its topic takes at once. */
export function isTooLarge(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { type?: string; cause?: unknown };
  return (
    type === "MESSAGE_TOO_LARGE" ||
    type === "RECORD_LIST_TOO_LARGE" ||
    (cause !== undefined && isTooLarge(cause))
  );
}

/**
 * What a broker says in the first seconds of a topic or a group: that it does not have it yet, that nobody leads it or
 * another broker does, that its coordinator is loading. Told to people only when it lasts.
 */
export function isStillStarting(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return (
    [3, 5, 6, 14, 15, 16].includes(code as number) ||
    (cause !== undefined && isStillStarting(cause))
  );
}

/** About five seconds. */
const ledTriesMax = 10;
/** Copies of a topic where there are brokers for them: then one may be lost, and another restarted. */
const replicasMax = 3;

export type TopicsKept = {
  /** Those that were not there. */
  readonly made: readonly string[];
  /** Those with fewer copies than there are brokers for. */
  readonly thin: readonly string[];
};

/**
 * Creates the topics that are not there yet, replicated three times where there are brokers for it. Waits until all
 * are served, since another replica may just have made them; not when it is a repeat that made none.
 */
export async function createTopics(
  kafka: Kafka,
  settings: KafkaSettings,
  names: readonly string[],
  options: { readonly isRepeat?: boolean } = {},
): Promise<TopicsKept> {
  const admin = kafka.admin({ retry: { retries: 3 } });
  await admin.connect();
  try {
    const wanted = names.map((name) => (settings.prefix ?? "") + name);
    const there = new Set(await admin.listTopics());
    const { brokers } = await admin.describeCluster();
    const replicas = Math.min(replicasMax, brokers.length);
    const [made, existing] = [
      wanted.filter((name) => !there.has(name)),
      wanted.filter((name) => there.has(name)),
    ];
    if (made.length > 0) {
      await admin.createTopics({
        waitForLeaders: false,
        topics: made.map((topic) => ({
          topic,
          numPartitions: settings.partitions ?? 3,
          replicationFactor: replicas,
          configEntries: [
            { name: "retention.ms", value: String(retentionMs) },
            { name: "max.message.bytes", value: String(batchBytesMax) },
            { name: "min.insync.replicas", value: String(replicas >= 3 ? 2 : 1) },
          ],
        })),
      });
    }
    if (made.length > 0 || !options.isRepeat) await untilLed(admin, wanted);
    // a list of none would ask about all topics of the broker
    if (replicas === 1 || existing.length === 0) return { made, thin: [] };
    const { topics } = await admin.fetchTopicMetadata({ topics: existing });
    return { made, thin: thinTopics(topics, replicas) };
  } finally {
    await admin.disconnect();
  }
}

/** A topic that was just made is not known to every broker at once, nor led: who uses it then would meet faults. */
async function untilLed(admin: Admin, topics: readonly string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      // asks the leaders themselves: one that is named may not know of it yet
      for (const topic of topics) await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (!isStillStarting(error)) throw error;
    }
    // whoever comes next meets the fault, and tries again by itself
    if (tries >= ledTriesMax) return;
    await pause(backoffMs(tries, { firstMs: 20, maxMs: 1_000 }));
  }
}

export function thinTopics(
  topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly replicas: readonly number[] }[];
  }[],
  replicas: number,
): string[] {
  return topics
    .filter(({ partitions }) =>
      partitions.some((partition) => partition.replicas.length < replicas),
    )
    .map(({ name }) => name)
    .sort();
}
