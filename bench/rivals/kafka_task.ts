// kafkajs alone, without our patch, as a rival of the relay: the same messages in batches, no
// database.
import { publishedKafkajs } from "@payflow/outbox/testing";
import { serveTask } from "../load/child_task.ts";

export type KafkaLoad = {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly messages: number;
  readonly batch: number;
  /** Value and headers of each message; keys differ. */
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type KafkaOutcome = { readonly perSecond: number };

async function run(load: KafkaLoad): Promise<KafkaOutcome> {
  const { brokers, topic, messages, batch, value, headers } = load;
  await using published = await publishedKafkajs();
  const { Kafka, logLevel } = (await import(published.root)) as typeof import("kafkajs");
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: 1 });
  await producer.connect();
  const begun = performance.now();
  for (let sent = 0; sent < messages; sent += batch) {
    const count = Math.min(batch, messages - sent);
    const each = () => ({ key: Bun.randomUUIDv7(), value, headers });
    await producer.send({ topic, acks: -1, messages: Array.from({ length: count }, each) });
  }
  const perSecond = (messages * 1000) / (performance.now() - begun);
  await producer.disconnect();
  return { perSecond };
}

await serveTask(run);
