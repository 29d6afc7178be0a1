// Follows topics from a time on. Each read has a group of its own and commits no offset, so it leaves nothing behind and
// does not affect other consumers.
import type { KafkaPlace } from "./kafka_place.ts";

export type TopicMessage = {
  /** Without `KAFKA_PREFIX`. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly at: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
};

export type ReadFrom = "now" | "beginning" | { readonly since: string };

/** Reads until `stopped` or until `onMessage` returns false. `onMessage` is called sequentially; its errors are thrown. */
export async function readMessages(
  { kafka, admin, prefix }: KafkaPlace,
  options: {
    readonly topics: readonly string[];
    readonly from: ReadFrom;
    readonly stopped: AbortSignal;
    readonly onMessage: (message: TopicMessage) => Promise<boolean>;
    /** Called when all messages written from now on will be read. */
    readonly onReady?: () => void;
  },
): Promise<void> {
  const { from, stopped, onMessage } = options;
  const groupId = `${prefix}payflow-look-${crypto.randomUUID()}`;
  const topics = options.topics.map((topic) => prefix + topic);
  const starts = await Promise.all(
    topics.map(async (topic) => {
      const places =
        typeof from === "object"
          ? await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(from.since))
          : await admin.fetchTopicOffsets(topic);
      return places.map(({ partition, offset, ...ends }) => {
        const low = "low" in ends ? String(ends.low) : offset;
        return { topic, partition, offset: from === "beginning" ? low : offset };
      });
    }),
  );
  const done = Promise.withResolvers<void>();
  stopped.addEventListener("abort", () => done.resolve());
  if (stopped.aborted) return;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 500 });
  let isOver = false;
  consumer.on(consumer.events.CRASH, ({ payload: { restart, error } }) => {
    if (!restart) done.reject(error);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics] });
    await consumer.run({
      autoCommit: false,
      async eachMessage({ topic, partition, message: { offset, timestamp, key, value, headers } }) {
        if (isOver || stopped.aborted) return;
        const message = {
          topic: topic.slice(prefix.length),
          partition,
          offset,
          at: new Date(Number(timestamp)).toISOString(),
          key: key?.toString() ?? null,
          headers: Object.fromEntries(
            Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
          ),
          value,
        };
        try {
          if (await onMessage(message)) return;
          done.resolve();
        } catch (error) {
          done.reject(error as Error);
        }
        isOver = true;
      },
    });
    for (const start of starts.flat()) consumer.seek(start);
    options.onReady?.();
    await done.promise;
  } finally {
    await consumer.disconnect();
    // if this fails, Kafka removes the group itself
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
