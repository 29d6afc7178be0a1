import { afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { ConfigResourceTypes, type Admin } from "kafkajs";
import { sql, type Kysely } from "kysely";
import {
  eventually,
  produceAnswer,
  startedKafka,
  tcpProxy,
  type TcpProxy,
  type TestDatabase,
  testTopicPrefix,
} from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { silentLog } from "@payflow/database/testing";
import { accounts, accountSave, accountsDatabase } from "./testing/accounts.ts";
import {
  connectKafka,
  createEventProducer,
  type EventProducer,
  type KafkaSettings,
} from "./kafka.ts";
import { createTopics } from "./topics.ts";
import { createOutboxRelay } from "./outbox_relay.ts";
import { createSaves } from "./saves.ts";
import { createSlotLeases, type SlotLeases } from "./slot_leases.ts";
import { overtaken, readTopics, signatures, socketsThrough } from "./testing/topics.ts";

setDefaultTimeout(600_000);

const topic = "AccountChanged";
let brokers: readonly string[];
let database: TestDatabase;
let opened: Database;
let db: Kysely<never>;
let settings: KafkaSettings;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  brokers = (await startedKafka()).brokers;
});
beforeEach(async () => {
  database = await accountsDatabase();
  opened = openDatabase({ url: database.url, applicationName: "relay-test" });
  db = opened.kysely;
  settings = { brokers, clientId: "relay-test", prefix: testTopicPrefix() };
  await createTopics(connectKafka(settings, silentLog), settings, [topic]);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await opened.close();
  await database.drop();
});

function producerOf(more: Partial<KafkaSettings> = {}): EventProducer {
  const kafka = connectKafka({ ...settings, ...more }, silentLog);
  const producer = createEventProducer(kafka, settings.prefix);
  closing.push(() => producer.close());
  return producer;
}

function relayOf(
  options: {
    producer?: EventProducer;
    holder?: string;
    leases?: SlotLeases;
    faultPoint?: (name: string) => void;
  } = {},
) {
  const relay = createOutboxRelay({
    source: "/test",
    db,
    log: silentLog,
    signatures,
    producer: options.producer ?? producerOf(),
    leases: options.leases ?? createSlotLeases(db, options.holder ?? crypto.randomUUID()),
    ...(options.faultPoint ? { faultPoint: options.faultPoint } : {}),
  });
  closing.push(() => relay.stop());
  return relay;
}

async function proxyOfKafka(): Promise<TcpProxy> {
  const [host = "", port] = (brokers[0] as string).split(":");
  const proxy = await tcpProxy({ host, port: Number(port) });
  closing.push(() => proxy.close());
  return proxy;
}

async function readTopic() {
  const reader = await readTopics(connectKafka(settings, silentLog), [
    `${settings.prefix}${topic}`,
  ]);
  closing.push(reader.close);
  return reader;
}

/** Saves `count` accounts with `versions` versions each; every version has an event in the outbox. */
async function writeAccounts(count: number, versions = 1, note = ""): Promise<void> {
  const save = createSaves(db, accounts);
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  const all = Array.from({ length: versions }, (_, index) =>
    ids.map((id) => accountSave({ id, version: index + 1 })),
  ).flat();
  const noted = all.map((change) => ({
    ...change,
    events: [{ ...change.events[0], note }],
  }));
  const results = await Promise.all(noted.map(save));
  expect(new Set(results)).toEqual(new Set(["saved"]));
}

async function outbox(): Promise<{ all: string[]; unpublished: number }> {
  const { rows } = await sql<{ event_id: string; is_waiting: boolean }>`
    select event_id, is_waiting from outbox`.execute(db);
  return {
    all: rows.map((row) => row.event_id).sort(),
    unpublished: rows.filter((row) => row.is_waiting).length,
  };
}

const drained = () =>
  eventually(async () => (await outbox()).unpublished === 0, {
    what: "the outbox to be empty",
    timeoutMs: 20_000,
  });

test("a relay publishes every row once, in order by account, and deletes the waiting rows", async () => {
  // more than two sends, so that reading ahead, sending and deleting overlap
  await writeAccounts(100, 25);
  const relay = relayOf();
  let published = 0;
  for (let count = -1; count !== 0; published += count) count = await relay.runOnce();
  expect(published).toBe(2_500);
  const reader = await readTopic();
  await reader.holds(2_500);
  const { all, unpublished } = await outbox();
  expect(unpublished).toBe(0);
  expect(reader.read.map(({ eventId }) => eventId).sort()).toEqual(all);
  expect(overtaken(reader.read)).toEqual([]);
  // key and payload as they were written
  const { rows: written } = await sql<{ key: string; value: string }>`
    select aggregate_id as key, payload as value from events`.execute(db);
  const texts = (some: readonly { key: string; value: string }[]) =>
    some.map(({ key, value }) => `${key} ${value}`).sort();
  expect(texts(reader.read)).toEqual(texts(written));
});

test("rows that together exceed a broker's limit are sent in several batches", async () => {
  await writeAccounts(40, 10, "가".repeat(5_000));
  relayOf().start();
  await drained();
});

/** Creates a topic with a lower max.message.bytes than ours. */
async function topicThatTakes(bytes: number): Promise<void> {
  settings = { ...settings, prefix: testTopicPrefix() };
  await asAdmin((admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: `${settings.prefix}${topic}`,
          numPartitions: 3,
          configEntries: [{ name: "max.message.bytes", value: String(bytes) }],
        },
      ],
    }),
  );
}

async function asAdmin(work: (admin: Admin) => Promise<unknown>) {
  const admin = connectKafka(settings, silentLog).admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

test("a topic with a lower limit gets smaller batches", async () => {
  await topicThatTakes(20_000);
  await writeAccounts(40, 10, "x".repeat(1_000));
  relayOf().start();
  await drained();
  const reader = await readTopic();
  await reader.holds(400);
  const inTopic = new Set(reader.read.map(({ eventId }) => eventId));
  expect([...inTopic].sort()).toEqual((await outbox()).all);
  expect(overtaken(reader.read)).toEqual([]);
});

test("an event that is too large for its topic delays only its own account, until the limit is raised", async () => {
  await topicThatTakes(20_000);
  await writeAccounts(1, 3, "x".repeat(30_000));
  await writeAccounts(20, 3);
  const relay = relayOf();
  relay.start();
  await eventually(async () => (await outbox()).unpublished === 3, {
    what: "all others to be published",
    timeoutMs: 20_000,
  });
  await relay.stop();
  await asAdmin((admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: `${settings.prefix}${topic}`,
          configEntries: [{ name: "max.message.bytes", value: "1000000" }],
        },
      ],
    }),
  );
  relayOf().start();
  await drained();
  const reader = await readTopic();
  await reader.holds(63);
  const inTopic = new Set(reader.read.map(({ eventId }) => eventId));
  expect([...inTopic].sort()).toEqual((await outbox()).all);
  expect(overtaken(reader.read)).toEqual([]);
});

test("two relays share the slots, and every row is published once and in order", async () => {
  const producers = [producerOf(), producerOf()];
  const sent = [0, 0];
  for (const [index, producer] of producers.entries()) {
    relayOf({
      producer: {
        ...producer,
        send: async (messages) => {
          await producer.send(messages);
          sent[index] = (sent[index] as number) + messages.length;
        },
      },
    }).start();
  }
  // written while slots move from the first relay to the second
  await eventually(
    async () => {
      await writeAccounts(20, 5);
      return sent.every((count) => count > 0);
    },
    { what: "both relays to send", timeoutMs: 20_000 },
  );
  await drained();
  const reader = await readTopic();
  const { all } = await outbox();
  await reader.holds(all.length);
  expect(reader.read.map(({ eventId }) => eventId).sort()).toEqual(all);
  expect(overtaken(reader.read)).toEqual([]);
});

test("another relay takes the slots of a killed relay when its lease has expired, not before", async () => {
  const killed = crypto.randomUUID();
  await writeAccounts(20);
  expect(await relayOf({ holder: killed }).runOnce()).toBe(20);
  await writeAccounts(20);
  const heir = relayOf();
  expect(await heir.runOnce()).toBe(0);
  // fifteen seconds by the database's clock
  await sql`update leases set expires_at = expires_at - interval '15 s' where holder = ${killed}::uuid`.execute(
    db,
  );
  heir.start();
  await drained();
});

test("a relay does not send when its lease may expire before the response", async () => {
  await writeAccounts(1);
  const producer = producerOf();
  const leaseFor = (ms: number): SlotLeases => ({
    held: () => ({
      slots: Array.from({ length: 16 }, (_, slot) => slot),
      untilMs: performance.now() + ms,
    }),
    renew: async () => {},
    release: async () => {},
  });
  const short = leaseFor(2 * producer.sendLimitMs - 1);
  expect(await relayOf({ producer, leases: short }).runOnce()).toBe(0);
  const long = leaseFor(2 * producer.sendLimitMs + 1_000);
  expect(await relayOf({ producer, leases: long }).runOnce()).toBe(1);
});

test("rows that were acknowledged but not deleted are published again", async () => {
  await writeAccounts(3);
  const holder = crypto.randomUUID();
  const crashing = relayOf({
    holder,
    faultPoint: (name) => {
      if (name === "relay:acknowledged") throw new Error("killed");
    },
  });
  await expect(crashing.runOnce()).rejects.toThrow("killed");
  expect((await outbox()).unpublished).toBe(3);
  expect(await relayOf({ holder }).runOnce()).toBe(3);
  const reader = await readTopic();
  await eventually(() => reader.read.length >= 6, { timeoutMs: 40_000 });
  expect(new Set(reader.read.map(({ eventId }) => eventId)).size).toBe(3);
});

test("rows written while Kafka is unavailable are published afterwards", async () => {
  const proxy = await proxyOfKafka();
  const producer = producerOf({ socketFactory: socketsThrough(proxy.port) });
  const refused: unknown[] = [];
  const relay = relayOf({
    producer: {
      ...producer,
      send: (messages) =>
        producer.send(messages).catch((error: unknown) => {
          refused.push(error);
          throw error;
        }),
    },
  });
  await writeAccounts(10);
  relay.start();
  await drained();
  await proxy.down();
  await writeAccounts(10, 3);
  relay.wake();
  await eventually(() => refused.length > 0);
  expect((await outbox()).unpublished).toBe(30);
  await proxy.up();
  await drained();
  const reader = await readTopic();
  await reader.holds(40);
  expect(new Set(reader.read.map(({ eventId }) => eventId)).size).toBe(40);
  expect(overtaken(reader.read)).toEqual([]);
});

test("a relay that can't reach Kafka releases its slots to another, and takes some again later", async () => {
  const proxy = await proxyOfKafka();
  const sent = [0, 0];
  const failed = [0, 0];
  let checks = 0;
  const counting = (producer: EventProducer, index: 0 | 1): EventProducer => ({
    ...producer,
    async send(messages) {
      try {
        await producer.send(messages);
        sent[index] = (sent[index] ?? 0) + 1;
      } catch (error) {
        failed[index] = (failed[index] ?? 0) + 1;
        throw error;
      }
    },
    check(name) {
      checks += 1;
      return producer.check(name);
    },
  });
  const slotsHeld = async () => {
    const { rows } = await sql`
      select name from leases where name like 'slot:%'`.execute(db);
    return rows.length;
  };
  const cutOff = producerOf({ socketFactory: socketsThrough(proxy.port) });
  const relays = [
    relayOf({ producer: counting(cutOff, 0) }),
    relayOf({ producer: counting(producerOf(), 1) }),
  ];
  relays[0]?.start();
  await writeAccounts(10);
  await drained();
  await proxy.down();
  await writeAccounts(10);
  await eventually(() => failed[0] === 2, { timeoutMs: 40_000 });
  // the relay released them itself: an expired lease would leave its row
  await eventually(async () => (await slotsHeld()) === 0);
  await eventually(() => checks >= 3);
  expect(failed[0]).toBe(2);
  relays[1]?.start();
  await writeAccounts(100, 2);
  await drained();
  expect(failed).toEqual([2, 0]);
  await proxy.up();
  const before = sent[0] ?? 0;
  await eventually(
    async () => {
      await writeAccounts(20);
      return (sent[0] ?? 0) > before;
    },
    { what: "the relay that was cut off to send again", timeoutMs: 40_000 },
  );
  await drained();
});

test("no row is deleted before Kafka has acknowledged it", async () => {
  await writeAccounts(10);
  const producer = producerOf();
  const acknowledged = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const points: string[] = [];
  const run = relayOf({
    producer: {
      ...producer,
      async send(messages) {
        await producer.send(messages);
        acknowledged.resolve();
        await answer.promise;
      },
    },
    faultPoint: (name) => void points.push(name),
  }).runOnce();
  await acknowledged.promise;
  // long enough for a delete that does not wait for the acknowledgement
  for (let looks = 0; looks < 20; looks++) expect((await outbox()).unpublished).toBe(10);
  expect(points).toEqual(["relay:read"]);
  answer.resolve();
  expect(await run).toBe(10);
  expect((await outbox()).unpublished).toBe(0);
  expect(points).toEqual(["relay:read", "relay:acknowledged", "relay:deleted"]);
});

test("resends a batch after a lost response of Kafka, and loses no later batch of the same size", async () => {
  const proxy = await proxyOfKafka();
  const producer = producerOf({ socketFactory: socketsThrough(proxy.port) });
  const relay = relayOf({ producer });
  await writeAccounts(3);
  expect(await relay.runOnce()).toBe(3);

  const lost = proxy.loseAnswer(produceAnswer);
  const rows = () =>
    Array.from({ length: 3 }, () => ({
      topic,
      key: crypto.randomUUID(),
      value: JSON.stringify({ version: 1 }),
      headers: { ce_id: crypto.randomUUID() },
    }));
  const [doubtful, next] = [rows(), rows()];
  await expect(producer.send(doubtful)).rejects.toThrow();
  await lost;
  await producer.send(next);
  await writeAccounts(3);
  const lostAgain = proxy.loseAnswer(produceAnswer);
  await expect(relay.runOnce()).rejects.toThrow();
  await lostAgain;
  expect((await outbox()).unpublished).toBe(3);
  expect(await relay.runOnce()).toBe(3);

  const reader = await readTopic();
  await reader.holds(12);
  const inTopic = new Set(reader.read.map(({ eventId }) => eventId));
  const idOf = (row: { headers: { ce_id: string } }) => row.headers.ce_id;
  const expected = [...(await outbox()).all, ...next.map(idOf), ...doubtful.map(idOf)];
  expect([...inTopic].sort()).toEqual(expected.sort());
});
