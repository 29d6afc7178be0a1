import { eventSignatures, type EventKeys } from "./event_signature.ts";
import { connectKafka, createEventProducer } from "./kafka.ts";
import type { EventOrigin, KafkaSettings } from "./kafka.ts";
import type { HandlerOptions } from "./chunk_handler.ts";
import { createEventConsumer } from "./kafka_consumer.ts";
import { createOutboxRelay, type OutboxRelayOptions } from "./outbox_relay.ts";
import { createSlotLeases } from "./slot_leases.ts";
import { readTopicStates } from "./topic_states.ts";
import { keepTopics } from "./topics.ts";

export type MessagingOptions = EventOrigin &
  Omit<HandlerOptions, "signatures"> &
  Pick<OutboxRelayOptions, "onPublished" | "faultPoint"> & {
    readonly kafka: KafkaSettings;
    /** Sign outgoing events and verify incoming ones. */
    readonly keys: EventKeys;
    /** The consumer group; replicas of one service share it. */
    readonly group: string;
    /** Event types that this service saves; each is a topic. */
    readonly publishes: readonly string[];
    readonly consumes: readonly string[];
  };

export type Messaging = ReturnType<typeof createMessaging>;

/** Creates the topics, then relays a service's outbox to Kafka and consumes the topics of others. */
export function createMessaging(options: MessagingOptions) {
  const { db, log, consumes, faultPoint = () => {} } = options;
  const { prefix = "" } = options.kafka;
  const kafka = connectKafka(options.kafka, log);
  const producer = createEventProducer(kafka, prefix);
  const shared = { ...options, signatures: eventSignatures(options.keys), faultPoint };
  const leases = createSlotLeases(db, crypto.randomUUID());
  const relay = createOutboxRelay({ ...shared, producer, leases });
  const consumer = createEventConsumer({
    ...shared,
    kafka,
    prefix,
    groupId: options.group,
    topics: consumes,
  });
  const topics = keepTopics({
    kafka,
    log,
    settings: options.kafka,
    topics: [...new Set([...options.publishes, ...consumes])],
    begin() {
      relay.start();
      if (consumes.length > 0) consumer.start();
    },
  });
  const stopReading = () => Promise.allSettled([topics.stop(), consumer.stop()]);
  return {
    /** Starts in the background; Kafka need not be available yet. */
    start: topics.start,
    /** Relays saved events now instead of at the next poll. */
    wake: relay.wake,
    /** False until the consumer has joined its group, and from an error on until it has joined again. */
    isReading: consumer.isReading,
    /** The group's lag in messages by consumed topic. Rejects while Kafka is unavailable. */
    async readLag() {
      const of = { prefix, topics: consumes, groups: [options.group] };
      return (await readTopicStates(kafka, of)).map(({ topic, messages, groups: [own] }) => ({
        topic,
        lag: own?.lag ?? messages,
      }));
    },
    /** Finishes the messages in progress and takes no more; saved events are still relayed. */
    stopReading,
    async stop() {
      await stopReading();
      await Promise.allSettled([relay.stop(), producer.close()]);
    },
  };
}
