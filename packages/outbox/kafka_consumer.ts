import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { createWorker, pause } from "@payflow/database";
import { createChunkHandler, type HandlerOptions } from "./chunk_handler.ts";
import { isStillStarting, withAdmin } from "./kafka.ts";
import { readTopicIds, type TopicIds } from "./topic_ids.ts";
import { writeCheck } from "./write_check.ts";

/** Messages handled together: as many as one batched statement writes. */
const chunkMax = 500;
const heartbeatEveryMs = 2_000;
/** The group waits this long for a member that disappeared without leaving, for example while the broker was down. */
const sessionMs = 10_000;
const leaveWithinMs = 3_000;
const pollMs = 1_000;
/** After this long without its database, the consumer releases its partitions to replicas that may reach theirs. */
const leaveAfterMs = 5_000;
/** How soon a recreated topic is noticed; until then its messages are delayed. */
const checkTopicsEveryMs = 5_000;

type Session = {
  readonly consumer: Consumer;
  /** Aborts when the partitions are released, which ends all waits within a batch. */
  readonly leaving: AbortController;
  /** The topics' ids when the partitions were last assigned. */
  topicIds: Promise<TopicIds>;
  isReading: boolean;
};

/**
 * A new group reads the topics from their beginning. An offset is committed once every earlier message has taken effect
 * or is a stored dead letter. Messages of one key are handled in order, different keys concurrently.
 * While the database is unavailable, the partitions wait; after `leaveAfterMs` the consumer releases them to others.
 * A recreated topic is read from its beginning. A message without a valid signature is never handled.
 */
export function createEventConsumer(
  options: HandlerOptions & {
    readonly kafka: Kafka;
    /** Prefix of the topics and the group. */
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
  let checkTopicsAtMs = 0;

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
      // the metadata is the topic's id: it shows later whether the topic was recreated
      const offset = String(BigInt(last.offset) + 1n);
      const stored = { partition, offset, metadata: ids.get(topic) ?? null };
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [stored] }] });
      await faultPoint("consumer:committed");
    }
  }

  /** Seeks to the beginning of each partition whose stored offset belongs to a deleted topic of the same name. */
  async function rewindRecreated(
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
        log.warn({ topic, partition }, "this topic was recreated: it is read from its beginning");
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
      // kafkajs restarts only after some errors and stays stopped after the others: `keeper` restarts it instead
      retry: { initialRetryTime: 100, maxRetryTime: 5_000, restartOnFailure: async () => false },
    });
    const topicIds = Promise.resolve<TopicIds>(new Map());
    const leaving = new AbortController();
    const begun: Session = (session = { consumer, leaving, topicIds, isReading: false });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log[stopping.signal.aborted || isStillStarting(payload.error) ? "debug" : "warn"](
        { groupId: options.groupId, err: payload.error },
        "consumer crashed, restarts",
      );
      if (session === begun) session = undefined;
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      begun.topicIds = rewindRecreated(begun, payload.memberAssignment);
      // eachBatch() throws the error; without a batch it must not be an unhandled rejection
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
      // stop() may have been called meanwhile
      if (stopping.signal.aborted) await consumer.disconnect();
    } catch (error) {
      if (session === begun) session = undefined;
      await consumer.disconnect().catch(() => {});
      throw error;
    }
  }

  /** Releases the partitions, so that other consumers get them at once. */
  async function leave({ consumer, leaving }: Session): Promise<void> {
    session = undefined;
    leaving.abort();
    const left = consumer.disconnect().catch(() => {});
    // leaving hangs while the group waits for dead members; after `sessionMs` the group drops this member anyway
    await Promise.race([left, pause(leaveWithinMs)]);
  }

  async function leaveWithoutDatabase(current: Session): Promise<void> {
    const awayMs = performance.now() - (database.awaySinceMs ?? Infinity);
    if (awayMs < leaveAfterMs) return;
    try {
      await checkDatabase();
      // the database is available: only the work for a message fails, and would fail in other consumers too
      database.awaySinceMs = undefined;
    } catch (error) {
      log.warn(
        { groupId: options.groupId, err: error },
        "the database does not respond: this consumer releases its partitions until it does",
      );
      await leave(current);
    }
  }

  /** Leaves the group when a topic was recreated; the next round joins again. */
  async function leaveOldTopics(current: Session): Promise<void> {
    if (performance.now() < checkTopicsAtMs) return;
    checkTopicsAtMs = performance.now() + checkTopicsEveryMs;
    try {
      const [was, is] = await Promise.all([current.topicIds, readTopicIds(options.kafka, topics)]);
      const changed = topics.filter(
        (topic) => was.has(topic) && is.has(topic) && was.get(topic) !== is.get(topic),
      );
      if (changed.length > 0 && session === current) await leave(current);
    } catch (error) {
      // Kafka is unavailable: the next round retries, and the consumer logs the outage
      log.debug({ err: error }, "could not read the ids of the topics");
    }
  }

  const keeper = createWorker({
    name: `consumer ${options.groupId}`,
    idleMs: pollMs,
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
    /** False until the consumer has joined its group, and after a crash until it has joined again. */
    isReading: () => session?.isReading ?? false,
    /** Joins the group in the background. */
    start: keeper.start,
    async stop() {
      stopping.abort();
      const left = session && leave(session);
      // a join can hang like a leave
      await Promise.all([Promise.race([keeper.stop(), pause(leaveWithinMs)]), left]);
    },
  };
}

/** Sends heartbeats during `work`. A failed heartbeat means that the group rebalances, so the batch is stale. */
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
