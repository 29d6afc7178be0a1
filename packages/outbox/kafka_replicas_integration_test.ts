// Acknowledgement by all in-sync replicas, with three brokers of which some are paused or killed.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Partitioners, type Kafka } from "kafkajs";
import { eventually, ownKafkaCluster, type OwnServer } from "@payflow/local-stack/testing";
import { silentLog } from "@payflow/database/testing";
import {
  connectKafka,
  createEventProducer,
  type EventProducer,
  type OutgoingMessage,
} from "./kafka.ts";
import { createTopics } from "./topics.ts";
import { readTopics } from "./testing/topics.ts";

setDefaultTimeout(600_000);

const topic = "Replicated";
/** The only controller; it must stay alive, so that another broker can become leader. */
const controller = 1;
let brokers: string[];
let nodes: ReadonlyMap<number, OwnServer>;
let kafka: Kafka;
let producer: EventProducer;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  ({ brokers, nodes } = await ownKafkaCluster());
  for (const node of nodes.values()) closing.push(() => node.close());
  const settings = { brokers, clientId: "replicas-test", partitions: 3 };
  kafka = connectKafka(settings, silentLog);
  await eventually(() => createTopics(kafka, settings, [topic]), { timeoutMs: 60_000 });
  await eventually(
    async () => expect((await partitions()).map(({ isr }) => isr.length)).toEqual([3, 3, 3]),
    { timeoutMs: 60_000 },
  );
  producer = createEventProducer(kafka);
  closing.push(() => producer.close());
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

async function partitions() {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions ?? [];
  } finally {
    await admin.disconnect();
  }
}

const newMessage = (): OutgoingMessage => {
  const id = crypto.randomUUID();
  const value = JSON.stringify({ version: 1 });
  return { topic, key: id, value, headers: { ce_id: id } };
};

/** A message for a partition that the broker leads. */
async function messageFor(leader: number): Promise<OutgoingMessage> {
  const partitionMetadata = await partitions();
  const partitionOf = Partitioners.DefaultPartitioner();
  for (;;) {
    const message = newMessage();
    const id = partitionOf({
      topic,
      partitionMetadata,
      message: { key: message.key, value: message.value },
    });
    const found = partitionMetadata.find((one) => one.partitionId === id);
    if (found?.leader === leader) return message;
  }
}

test("an event that only the leader has is not acknowledged", async () => {
  const message = await messageFor(controller);
  await eventually(() => producer.send([message]), { timeoutMs: 60_000 });
  const others = [...nodes].filter(([id]) => id !== controller);
  for (const [, node] of others) await node.pause();
  try {
    await expect(producer.send([message])).rejects.toThrow();
  } finally {
    for (const [, node] of others) await node.resume();
  }
  await eventually(() => producer.send([message]), { timeoutMs: 60_000 });
});

test("no acknowledged event is lost when a leader is killed under load", async () => {
  const acknowledged = new Set<string>();
  const send = async (batches: number) => {
    for (let sent = 0; sent < batches; sent++) {
      const batch = Array.from({ length: 30 }, newMessage);
      await eventually(() => producer.send(batch), { timeoutMs: 120_000 });
      for (const { key } of batch) acknowledged.add(key);
    }
  };
  const all = await partitions();
  const leader = all.find((one) => one.leader !== controller)?.leader ?? 0;
  const killed = nodes.get(leader) as OwnServer;
  await send(20);
  const killing = killed.kill();
  await send(20);
  await killing;
  expect((await partitions()).map((one) => one.leader)).not.toContain(leader);
  const reader = await readTopics(kafka, [topic]);
  closing.push(reader.close);
  const inTopic = () => new Set(reader.read.map(({ eventId }) => eventId));
  await eventually(() => expect([...acknowledged].filter((id) => !inTopic().has(id))).toEqual([]), {
    timeoutMs: 120_000,
  });
});
