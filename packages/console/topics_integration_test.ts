import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Kafka } from "kafkajs";
import { startedKafka, testTopicPrefix } from "@payflow/local-stack/testing";
import { connectKafka, createEventProducer } from "@payflow/outbox";
import { withAdmin } from "@payflow/outbox";
import { createTopics } from "@payflow/outbox/testing";
import { silentLog } from "@payflow/shared/http";
import { topicReader, type TopicMessage, type TopicReader } from "./topics.ts";

setDefaultTimeout(600_000);

const prefix = testTopicPrefix();
const count = 400;
let kafka: Kafka;
let producer: ReturnType<typeof createEventProducer>;
let topics: TopicReader;

const keyOf = (index: number) => `order-${index % 7}`;

beforeAll(async () => {
  const { brokers } = await startedKafka();
  const settings = { brokers, clientId: "topics-test", prefix, partitions: 3 };
  kafka = connectKafka(settings, silentLog);
  topics = topicReader(settings, silentLog, kafka);
  await createTopics(kafka, settings, ["Changed", "Empty"]);
  producer = createEventProducer(kafka, prefix);
  for (let index = 0; index < count; index++)
    await producer.send([
      {
        topic: "Changed",
        key: keyOf(index),
        value: `{"index":${index}}`,
        headers: { ce_id: `event-${index}` },
      },
    ]);
});
afterAll(() => producer.close());

async function allPages(key?: string) {
  const pages: (readonly TopicMessage[])[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page = await topics.listMessages({ topic: "Changed", key, after });
    pages.push(page?.rows ?? []);
    after = page?.next ?? null;
  }
  return pages;
}

const indexOf = ({ value }: TopicMessage) => (JSON.parse(value) as { index: number }).index;

test("lists the messages of all partitions of a topic newest first, each once", async () => {
  const pages = await allPages();
  const rows = pages.flat();
  expect(rows.map(indexOf).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, index) => index),
  );
  expect(Math.max(...pages.map((page) => page.length))).toBe(50);
  expect(new Set(rows.map(({ partition }) => partition)).size).toBeGreaterThan(1);
  for (const page of pages) {
    const times = page.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  }
  expect(rows.find((row) => indexOf(row) === 8)).toMatchObject({
    key: "order-1",
    eventId: "event-8",
  });
});

test("reads the messages of one key from its partition only, newest first", async () => {
  const rows = (await allPages("order-3")).flat();
  const expected = Array.from({ length: count }, (_, index) => index).filter(
    (index) => keyOf(index) === "order-3",
  );
  expect(rows.map(indexOf)).toEqual(expected.toReversed());
  expect((await allPages("nobody")).flat()).toEqual([]);
});

test("leaves no group behind, and an empty or missing topic is no error", async () => {
  await allPages();
  const groups = await withAdmin(kafka, 1, (admin) => admin.listGroups());
  expect(groups.groups.filter(({ groupId }) => groupId.includes(prefix))).toEqual([]);
  const none = { rows: [], next: null };
  expect(await topics.listMessages({ topic: "Empty" })).toEqual(none);
  expect(await topics.listMessages({ topic: "Missing" })).toBeUndefined();
});

test("shows each topic's messages and the lag of each group", async () => {
  await withAdmin(kafka, 1, async (admin) => {
    const ends = await admin.fetchTopicOffsets(`${prefix}Changed`);
    const partitions = ends.map(({ partition, high }) => ({
      partition,
      offset: String(Math.max(0, Number(high) - 2)),
    }));
    await admin.setOffsets({ groupId: `${prefix}shop`, topic: `${prefix}Changed`, partitions });
  });
  const states = await topics.readTopics(["Changed", "Empty", "Missing"], ["shop", "bank"]);
  expect(states).toEqual([
    { topic: "Changed", partitions: 3, messages: count, groups: [{ group: "shop", lag: 6 }] },
    { topic: "Empty", partitions: 3, messages: 0, groups: [] },
  ]);
});

test("fails with kafka_unavailable while Kafka is unavailable", async () => {
  const away = topicReader({ brokers: ["127.0.0.1:1"], clientId: "topics-test" }, silentLog);
  const failure = { code: "kafka_unavailable" };
  await expect(away.listMessages({ topic: "Changed" })).rejects.toMatchObject(failure);
  await expect(away.readTopics(["Changed"], [])).rejects.toMatchObject(failure);
});
