// The order in which a relay sends waiting events, despite clock skew and late commits.
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import postgres from "postgres";
import { startedKafka, type TestDatabase, testTopicPrefix } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { silentLog } from "@payflow/database/testing";
import { accounts, accountSave, accountsDatabase } from "./testing/accounts.ts";
import { connectKafka, createEventProducer, type AnyMessage } from "./kafka.ts";
import { createTopics } from "./topics.ts";
import { createOutboxRelay } from "./outbox_relay.ts";
import { createSlotLeases } from "./slot_leases.ts";
import { createSaves } from "./saves.ts";
import { signatures } from "./testing/topics.ts";

setDefaultTimeout(600_000);

const topic = "AccountChanged";
const originMs = Date.parse("2026-01-01T00:00:00Z");
let database: TestDatabase;
let opened: Database;
let db: Kysely<never>;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await accountsDatabase();
  opened = openDatabase({ url: database.url, applicationName: "relay-order" });
  db = opened.kysely;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await opened.close();
  await database.drop();
});

/**
 * A relay and the events that Kafka has acknowledged. Kafka accepts one event at a time, so that the test also fails when
 * the order holds only within a batch.
 */
async function relayOfSingleEvents() {
  const { brokers } = await startedKafka();
  const settings = { brokers, clientId: "relay-order", prefix: testTopicPrefix() };
  const kafka = connectKafka(settings, silentLog);
  await createTopics(kafka, settings, [topic]);
  const producer = createEventProducer(kafka, settings.prefix);
  closing.push(() => producer.close());
  const sent: { key: string; version: number }[] = [];
  const send = async (messages: readonly AnyMessage[]) => {
    if (messages.length > 1)
      throw Object.assign(new Error("too large"), { type: "RECORD_LIST_TOO_LARGE" });
    await producer.send(messages);
    for (const { key, value } of messages)
      sent.push({ key: String(key), version: JSON.parse(String(value)).version });
  };
  const leases = createSlotLeases(db, crypto.randomUUID());
  const given = { source: "/test", db, log: silentLog, signatures, leases };
  const relay = createOutboxRelay({ ...given, producer: { ...producer, send } });
  closing.push(() => relay.stop());
  return { relay, sent };
}

test("versions are sent in order when each was written with a clock behind the previous one", async () => {
  const save = createSaves(db, accounts);
  const ids = Array.from({ length: 20 }, () => crypto.randomUUID());
  const versions = [1, 2, 3, 4];
  // by the clocks alone the last version would be the oldest
  const clock = (version: number) => new Date(originMs - version * 3_600_000).toISOString();
  for (const version of versions) {
    const made = ids.map((id) => ({
      ...accountSave({ id, version }),
      recordedAt: clock(version),
    }));
    expect(new Set(await Promise.all(made.map(save)))).toEqual(new Set(["saved"]));
  }
  const { relay, sent } = await relayOfSingleEvents();
  // a slow machine may need several rounds, if a lease expires before all rows are sent
  for (let count = 0; count < 80;) count += await relay.runOnce();
  expect(sent).toHaveLength(80);
  const byKey = Map.groupBy(sent, ({ key }) => key);
  expect([...byKey.keys()].sort()).toEqual(ids.sort());
  for (const group of byKey.values()) expect(group.map(({ version }) => version)).toEqual(versions);
  const { rows: times } = await sql`select distinct recorded_at from history`.execute(db);
  expect(times).toEqual([{ recorded_at: clock(1) }]);
});

test("events of a transaction that commits late are sent, oldest first, after newer events", async () => {
  const writer = postgres(database.url, { max: 2 });
  closing.push(() => writer.end());
  const write = (name: string, second: number, by: postgres.ISql) => by`
    with event as (
      insert into events (aggregate_id, version, event_id, slot, topic, payload)
      values (${name.padEnd(32, name)}, 1, gen_random_uuid(), 3, ${topic}, '{"version":1}')
      returning slot, aggregate_id, version
    )
    insert into waiting_events (slot, recorded_at, aggregate_id, version)
    select slot, ${new Date(originMs + second * 1_000)}, aggregate_id, version from event`;
  const { relay, sent } = await relayOfSingleEvents();
  await writer.begin(async (late) => {
    // the order of the ids differs from the order of the times
    await write("d", 1, late);
    await write("b", 2, writer);
    expect(await relay.runOnce()).toBe(1);
    await write("a", 4, writer);
    await write("c", 3, late);
  });
  expect(await relay.runOnce()).toBe(3);
  expect(sent.map(({ key }) => key[0])).toEqual(["b", "d", "c", "a"]);
});
