import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { createWorker, pause } from "@payflow/database";
import { createChunkHandler, type HandlerOptions } from "./chunk_handler.ts";
import { isStillStarting, withAdmin } from "./kafka.ts";
import { readTopicIds, type TopicIds } from "./topic_ids.ts";
import { writeCheck } from "./write_check.ts";

/** Messages taken together: as many as one gathered statement writes. */
const chunkMax = 500;
const heartbeatEveryMs = 2_000;
/** A member that is gone without a word, as when the broker was down, holds up its group for this long. */
const sessionMs = 10_000;
const leaveWithinMs = 3_000;
const lookEveryMs = 1_000;
/** A database that has not answered for this long: its partitions go to consumers that may reach theirs. */
const leaveAfterMs = 5_000;
/** How soon a topic that was made anew is noticed; until then its messages are late. */
const lookAtTopicsEveryMs = 5_000;

type Session = {
  readonly consumer: Consumer;
  /** Aborts when the partitions are given up: whoever waits in a batch leaves it. */
  readonly leaving: AbortController;
  /** The topics' ids when the partitions were last assigned. */
  topicIds: Promise<TopicIds>;
  isReading: boolean;
};

/**
 * Reads topics from their beginning with a group of its own. An offset is committed when the statement of every message
 * before it, or its dead letter, has committed. Messages of one key are handled in their order, different keys together.
 * While the database is away the partition waits; a consumer that alone can't reach it leaves its partitions to the others.
 * A topic that was made anew is read from its beginning. A message that no service has signed is never handled.
 */
export function createEventConsumer(
  options: HandlerOptions & {
    readonly kafka: Kafka;
    /** Put before the names of topics and of the group. */
    readonly prefix?: string;
    readonly groupId: string;
    readonly topics: readonly string[];
    readonly faultPoint?: (name: string) => void | Promise<void>;
  },
) {
  const { log, prefix = "", faultPoint = () => {} } = options;
  const groupId = prefix + options.groupId;
  const topics = options.topics.map((topic) => prefix + topic);
  let session: Session | undefined;
  const stopping = new AbortController();
  const { handleChunk, database } = createChunkHandler(options);
  const checkDatabase = writeCheck(options.db);
  let lookAtTopicsAtMs = 0;

  async function eachBatch(current: Session, payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const leaving = current.leaving.signal;
    const ids = await whileBeating(payload, () => current.topicIds);
    for (let from = 0; from < messages.length; from += chunkMax) {
      const chunk = messages.slice(from, from + chunkMax);
      const done = await whileBeating(payload, (isStale) => {
        const isOurs = () => payload.isRunning() && !isStale() && !leaving.aborted;
        return handleChunk(
          { topic: topic.slice(prefix.length), partition, isOurs, leaving },
          chunk,
        );
      });
      if (!done) return;
      await faultPoint("consumer:handled");
      const last = chunk.at(-1) as KafkaMessage;
      payload.resolveOffset(last.offset);
      // how far the partition was read, and in which topic of that name
      const offset = String(BigInt(last.offset) + 1n);
      const stored = { partition, offset, metadata: ids.get(topic) ?? null };
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [stored] }] });
      await faultPoint("consumer:committed");
    }
  }

  /** Goes to the beginning where the group's offsets count the messages of another topic of that name. */
  async function startAnew(
    { consumer }: Session,
    assigned: Readonly<Record<string, readonly number[]>>,
  ): Promise<TopicIds> {
    const ids = await readTopicIds(options.kafka, topics);
    const stored = await withAdmin(options.kafka, 3, (admin) =>
      admin.fetchOffsets({ groupId, topics: Object.keys(assigned) }),
    );
    for (const { topic, partitions } of stored) {
      const id = ids.get(topic);
      for (const { partition, metadata } of partitions) {
        const isAnother = id && metadata && metadata !== id;
        if (!isAnother || !assigned[topic]?.includes(partition)) continue;
        log.warn({ topic, partition }, "this topic was made anew: it is read from its beginning");
        consumer.seek({ topic, partition, offset: "0" });
      }
    }
    return ids;
  }

  async function begin(): Promise<void> {
    const consumer = options.kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionMs,
      heartbeatInterval: heartbeatEveryMs,
      maxWaitTimeInMs: 500,
      // kafkajs restarts after some faults only, and after the others stays silent for ever
      retry: { initialRetryTime: 100, maxRetryTime: 5_000, restartOnFailure: async () => false },
    });
    const topicIds = Promise.resolve<TopicIds>(new Map());
    const leaving = new AbortController();
    const begun: Session = (session = { consumer, leaving, topicIds, isReading: false });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log[isStillStarting(payload.error) ? "debug" : "warn"](
        { groupId: options.groupId, err: payload.error },
        "consumer ended by a fault, begins anew",
      );
      if (session === begun) session = undefined;
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      begun.topicIds = startAnew(begun, payload.memberAssignment);
      // a batch that waits for it meets its fault; without one nobody may have to
      begun.topicIds.catch(() => {});
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 3,
        eachBatch: (payload) => eachBatch(begun, payload),
      });
      begun.isReading = true;
      // stop() may have come while we began
      if (stopping.signal.aborted) await consumer.disconnect();
    } catch (error) {
      if (session === begun) session = undefined;
      await consumer.disconnect().catch(() => {});
      throw error;
    }
  }

  /** Gives up the partitions, so that others get them at once. */
  async function leave({ consumer, leaving }: Session): Promise<void> {
    session = undefined;
    leaving.abort();
    const left = consumer.disconnect().catch(() => {});
    // leaving waits for a group that may still count dead members; it notices by itself that this one is gone
    await Promise.race([left, pause(leaveWithinMs)]);
  }

  async function leaveWithoutDatabase(current: Session): Promise<void> {
    const awayMs = performance.now() - (database.awaySinceMs ?? Infinity);
    if (awayMs < leaveAfterMs) return;
    try {
      await checkDatabase();
      // it is well for others: only what a message asks of it fails, and would fail there too
      database.awaySinceMs = undefined;
    } catch (error) {
      log.warn(
        { groupId: options.groupId, err: error },
        "the database does not answer: this consumer's partitions go to others until it does",
      );
      await leave(current);
    }
  }

  /** Begins anew when a topic is not the one any more whose offsets are being counted. */
  async function leaveOldTopics(current: Session): Promise<void> {
    if (performance.now() < lookAtTopicsAtMs) return;
    lookAtTopicsAtMs = performance.now() + lookAtTopicsEveryMs;
    try {
      const [was, is] = await Promise.all([current.topicIds, readTopicIds(options.kafka, topics)]);
      const changed = topics.filter(
        (topic) => was.has(topic) && is.has(topic) && was.get(topic) !== is.get(topic),
      );
      if (changed.length > 0 && session === current) await leave(current);
    } catch (error) {
      // Kafka is away: it is asked again, and the consumer tells of it by itself
      log.debug({ err: error }, "topics could not be looked at");
    }
  }

  const keeper = createWorker({
    name: `consumer ${options.groupId}`,
    idleMs: lookEveryMs,
    log,
    isExpected: isStillStarting,
    runOnce: async () => {
      if (session !== undefined) await leaveWithoutDatabase(session);
      if (session !== undefined) await leaveOldTopics(session);
      if (session !== undefined || stopping.signal.aborted) return;
      if (database.awaySinceMs !== undefined) await checkDatabase();
      database.awaySinceMs = undefined;
      await begin();
    },
  });

  return {
    /** False until the group is joined, and from a fault on until it is joined again. */
    isReading: () => session?.isReading ?? false,
    async start() {
      await begin();
      keeper.start();
    },
    async stop() {
      stopping.abort();
      const left = session && leave(session);
      // joining waits as long as leaving does
      await Promise.all([Promise.race([keeper.stop(), pause(leaveWithinMs)]), left]);
    },
  };
}

/** Sends heartbeats meanwhile. One that fails says that the group divides its partitions anew: the batch is stale. */
async function whileBeating<T>(
  payload: EachBatchPayload,
  work: (isStale: () => boolean) => Promise<T>,
): Promise<T> {
  let lost = false;
  const beat = setInterval(() => {
    payload.heartbeat().catch(() => (lost = true));
  }, heartbeatEveryMs);
  try {
    return await work(() => lost || payload.isStale());
  } finally {
    clearInterval(beat);
  }
}
