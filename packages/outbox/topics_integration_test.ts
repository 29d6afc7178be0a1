import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import { eventually, ownKafka, startedKafka, testTopicPrefix } from "@payflow/local-stack/testing";
import { keptLog, silentLog } from "@payflow/database/testing";
import { connectKafka } from "./kafka.ts";
import { keepTopics } from "./topics.ts";

setDefaultTimeout(600_000);

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

test("keepTopics() begins once the topics exist, and recreates them after Kafka has lost its disk", async () => {
  const server = await ownKafka();
  closing.push(() => server.close());
  const settings = { brokers: server.brokers, clientId: "test" };
  let begun = 0;
  const keeper = keepTopics({
    kafka: connectKafka(settings, silentLog),
    topics: ["Kept", "KeptToo"],
    begin: () => {
      begun += 1;
      if (begun === 1) throw new Error("the first try fails");
    },
    settings,
    log: silentLog,
  });
  closing.unshift(() => keeper.stop());
  keeper.start();
  await eventually(() => expect(begun).toBe(2));
  expect(await topics(server.brokers)).toEqual(["Kept", "KeptToo"]);

  await server.kill();
  await server.wipe();
  await server.start();
  await eventually(async () => expect(await topics(server.brokers)).toEqual(["Kept", "KeptToo"]), {
    timeoutMs: 30_000,
  });
  expect(begun).toBe(2);
});

test("keepTopics() logs each unsafe setting in one sentence, once", async () => {
  const { brokers } = await startedKafka();
  const settings = { brokers, clientId: "test", prefix: testTopicPrefix() };
  const kafka = connectKafka(settings, silentLog);
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [
    { name: "retention.ms", value: "3600000" },
    { name: "cleanup.policy", value: "compact" },
    { name: "max.message.bytes", value: "1000" },
  ];
  await admin.createTopics({
    topics: [{ topic: `${settings.prefix}Foreign`, configEntries }],
  });
  await admin.disconnect();
  const { log, lines } = keptLog();
  const keeper = keepTopics({
    kafka,
    settings,
    log,
    topics: ["Foreign", "Ours"],
    begin: () => {},
  });
  closing.unshift(() => keeper.stop());
  keeper.start();
  const wrong = () =>
    lines.map(({ message }) => message).filter((text) => text.startsWith("Kafka's topic"));
  await eventually(() => expect(wrong()).toHaveLength(3));
  for (const setting of configEntries) expect(wrong().join("\n")).toContain(`set ${setting.name}=`);
  expect(wrong().every((text) => text.includes("Foreign"))).toBe(true);
});

async function topics(brokers: string[]): Promise<string[]> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return (await admin.listTopics()).sort();
  } finally {
    await admin.disconnect();
  }
}
