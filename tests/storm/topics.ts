import { Kafka, logLevel } from "kafkajs";
import { orderEventTypes, paymentEventTypes } from "@payflow/shared";

export type ReadMessage = {
  readonly topic: string;
  readonly key: string;
  readonly eventId: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};

const quietForMs = 60_000;

/** Reads every topic of both services from its beginning to its current end, in order. */
export async function readTopics(brokers: readonly string[]): Promise<ReadMessage[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const topics = [...orderEventTypes, ...paymentEventTypes];
  const admin = kafka.admin();
  await admin.connect();
  const left = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (low !== high) left.set(`${topic}/${partition}`, BigInt(high));
  }
  await admin.disconnect();

  const read: ReadMessage[] = [];
  const consumer = kafka.consumer({
    groupId: `auditor-${crypto.randomUUID()}`,
  });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  let lastMessageAtMs = performance.now();
  await consumer.run({
    autoCommit: false,
    async eachMessage({ topic, partition, message }) {
      lastMessageAtMs = performance.now();
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      read.push({
        topic,
        headers,
        eventId: headers["ce_id"] ?? "",
        key: message.key?.toString() ?? "",
        value: message.value?.toString() ?? "",
      });
      const place = `${topic}/${partition}`;
      if (BigInt(message.offset) + 1n >= (left.get(place) ?? 0n)) left.delete(place);
    },
  });
  while (left.size > 0) {
    if (performance.now() - lastMessageAtMs > quietForMs)
      throw new Error(
        `Kafka stopped sending messages before the end of ${[...left.keys()].join(", ")}`,
      );
    await Bun.sleep(50);
  }
  await consumer.disconnect();
  return read;
}
