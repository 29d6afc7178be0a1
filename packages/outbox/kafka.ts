import { Kafka, logLevel, Partitioners } from "kafkajs";
import type { Admin, ISocketFactory, KafkaConfig, SASLOptions } from "kafkajs";
import type { Log } from "@payflow/database";
import type { WaitingRow } from "./waiting_events.ts";

export type KafkaSettings = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Prefix of every topic and group name; empty except in tests that share a broker. */
  readonly prefix?: string;
  readonly tls?: boolean;
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  };
  readonly partitions?: number;
  readonly socketFactory?: ISocketFactory;
};

export type OutgoingMessage = {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** The headers that depend on the sender: `ce_source`, and `ce_dataschema` by event type. */
export type EventOrigin = {
  readonly source: string;
  readonly dataSchema?: ((type: string) => string) | undefined;
};

/** An event in the Kafka protocol binding of CloudEvents ("binary content mode", https://github.com/cloudevents/spec). */
export function cloudEvent(
  row: WaitingRow,
  { source, dataSchema, trace }: EventOrigin & { readonly trace: string },
): OutgoingMessage {
  const { topic, key, value } = row;
  const headers = {
    ce_specversion: "1.0",
    ce_id: row.event_id,
    ce_type: topic,
    ce_source: source,
    ce_subject: key,
    ce_time: row.created_at,
    ...(dataSchema === undefined ? {} : { ce_dataschema: dataSchema(topic) }),
    "content-type": "application/json",
    traceparent: trace,
  };
  return { topic, key, value, headers };
}

/** Any message of a topic, also one that is not our event. */
export type AnyMessage = Pick<OutgoingMessage, "topic" | "headers"> & {
  readonly key: string | null;
  readonly value: string | Buffer | null;
};

export type EventProducer = ReturnType<typeof createEventProducer>;

/** Longer than a healthy cluster needs to move a partition's leadership. */
const sendLimitMs = 5_000;

export function connectKafka(settings: KafkaSettings, log: Log): Kafka {
  const { clientId, tls = false, socketFactory, sasl } = settings;
  const config: KafkaConfig = {
    clientId,
    brokers: [...settings.brokers],
    connectionTimeout: 3_000,
    requestTimeout: sendLimitMs,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, error, ...rest } = entry.log as unknown as Record<string, unknown>;
      // kafkajs also logs errors that it retries itself: an operator needs them only when they last
      log.debug({ kafka: entry.namespace, error, topic: rest["topic"] }, String(message));
    },
    ssl: tls,
    ...(socketFactory && { socketFactory }),
    ...(sasl && { sasl: sasl as SASLOptions }),
  };
  return new Kafka(config);
}

/**
 * Acknowledgement by all in-sync replicas and one send in flight. kafkajs's idempotent producer is not used: after a
 * lost response, Kafka takes its next batch for a duplicate of the old one (docs/adr/0005-plain-producer.md).
 */
export function createEventProducer(kafka: Kafka, prefix = "") {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    retry: { retries: 0 },
  });
  let connected: Promise<void> | undefined;
  const connect = () =>
    (connected ??= producer.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    }));
  return {
    /** The longest time that one send can take. */
    sendLimitMs,
    /** Resolves when all in-sync replicas have every message. Rejects when that is unknown; the caller must resend. */
    async send(messages: readonly AnyMessage[]): Promise<void> {
      await connect();
      const byTopic = Map.groupBy(messages, (message) => message.topic);
      await producer.sendBatch({
        acks: -1,
        timeout: sendLimitMs,
        topicMessages: [...byTopic].map(([topic, group]) => ({
          topic: prefix + topic,
          messages: group.map(({ key, value, headers }) => ({ key, value, headers })),
        })),
      });
    },
    /** Rejects while no broker responds or the topic is missing. Sends nothing. */
    async check(topic: string): Promise<void> {
      await withAdmin(kafka, 0, (admin) => admin.fetchTopicMetadata({ topics: [prefix + topic] }));
    },
    close: () => producer.disconnect(),
  };
}

/** Runs `work` with an admin client of its own, which it disconnects afterwards. */
export async function withAdmin<T>(
  kafka: Kafka,
  retries: number,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin({ retry: { retries } });
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Kafka rejected all messages for a partition, because together they exceed its topic's max.message.bytes. */
export function isTooLarge(error: unknown): boolean {
  return isOrHas(error, ({ type }) => /^(MESSAGE|RECORD_LIST)_TOO_LARGE$/.test(type ?? ""));
}

/** Errors in the first seconds of a topic or group, such as a missing leader; logged as warnings only when they last. */
export function isStillStarting(error: unknown): boolean {
  return isOrHas(error, ({ code }) => [3, 5, 6, 14, 15, 16].includes(code ?? NaN));
}

type KafkaError = { readonly type?: string; readonly code?: number; readonly cause?: unknown };

function isOrHas(error: unknown, is: (error: KafkaError) => boolean): boolean {
  const known = (error ?? {}) as KafkaError;
  return is(known) || (known.cause !== undefined && isOrHas(known.cause, is));
}
