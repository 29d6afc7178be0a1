import { Kafka, logLevel, type Admin } from "kafkajs";
import type { Servers } from "./servers.ts";

export type Message = {
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** The number of messages in a topic; 0 while it does not exist. */
export async function messagesIn(admin: Admin, topic: string): Promise<number> {
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  } catch {
    return 0;
  }
}

/** The number of messages of a topic whose offsets a group has committed. */
export async function messagesRead(admin: Admin, groupId: string, topic: string): Promise<number> {
  try {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return (found?.partitions ?? []).reduce(
      (sum, { offset }) => sum + Math.max(0, Number(offset)),
      0,
    );
  } catch {
    return 0;
  }
}

/** Any message of a non-empty topic, as a template. */
export async function sampleMessage(servers: Servers, topic: string): Promise<Message> {
  const kafka = new Kafka({ brokers: [...servers.brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: crypto.randomUUID() });
  const found = Promise.withResolvers<Message>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const headers = Object.entries(message.headers ?? {});
      found.resolve({
        value: String(message.value),
        headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
      });
    },
  });
  const message = await found.promise;
  await consumer.disconnect();
  return message;
}

export type Drain = {
  readonly events: number;
  readonly perSecond: number;
  readonly elapsedMs: number;
};

/**
 * Waits until `count` reaches `total` and measures the rate from its first growth on, so the start
 * of processes is not included.
 * @param onFirst called when the count has started to grow
 */
export async function watchDrain(options: {
  readonly total: number;
  readonly count: () => Promise<number>;
  readonly onFirst: () => Promise<void>;
  readonly limitMs: number;
}): Promise<Drain> {
  const { total, count, onFirst, limitMs } = options;
  const giveUpMs = performance.now() + limitMs;
  let first = 0;
  let firstMs = 0;
  for (;;) {
    const now = await count();
    if (first === 0 && now > 0) {
      await onFirst();
      // messages that arrive during onFirst() do not count either
      first = await count();
      firstMs = performance.now();
    }
    if (first > 0 && now >= total) break;
    if (performance.now() > giveUpMs) throw new Error(`Only ${now} of ${total} came in time`);
    await Bun.sleep(20);
  }
  const elapsedMs = performance.now() - firstMs;
  const events = Math.max(1, total - first);
  return { events, perSecond: (events * 1000) / elapsedMs, elapsedMs };
}
