import { expect, setDefaultTimeout, test } from "bun:test";
import { startedKafka, testTopicPrefix } from "@payflow/local-stack/testing";
import { silentLog } from "@payflow/database/testing";
import { connectKafka } from "./kafka.ts";
import { createTopics } from "./topics.ts";
import { readTopicIds } from "./topic_ids.ts";

setDefaultTimeout(600_000);

test("every topic has an id, and a recreated topic has another one", async () => {
  const { brokers } = await startedKafka();
  const settings = { brokers, clientId: "test", prefix: testTopicPrefix() };
  const kafka = connectKafka(settings, silentLog);
  const names = ["One", "Two", "Three"];
  const topics = names.map((name) => settings.prefix + name);
  await createTopics(kafka, settings, names);
  const before = await readTopicIds(kafka, [...topics, "no-such-topic"]);
  expect([...before.keys()].sort()).toEqual(topics.toSorted());
  expect(new Set(before.values()).size).toBe(3);
  expect(await readTopicIds(kafka, topics)).toEqual(before);

  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: topics.slice(0, 1) });
  await admin.disconnect();
  await createTopics(kafka, settings, names);
  const after = await readTopicIds(kafka, topics);
  const changed = topics.filter((topic) => after.get(topic) !== before.get(topic));
  expect(changed).toEqual(topics.slice(0, 1));
});
