import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { openDatabase, type Database } from "@payflow/database";
import { tuplesRead } from "@payflow/database/testing";
import { listAudit } from "@payflow/outbox";
import { accountsDatabase, keepDeadLetters } from "@payflow/outbox/testing";
import type { AnyMessage, EventProducer } from "@payflow/outbox/testing";
import { findDeadLetter, listDeadLetters } from "./dead_letter_list.ts";
import { discardDeadLetter, replayCause, replayDeadLetter } from "./dead_letter_replay.ts";
import { readOutboxState } from "./outbox_state.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const db = () => opened.kysely;

beforeAll(async () => {
  database = await accountsDatabase();
  // one connection: `tuplesRead` counts the reads of one connection
  opened = openDatabase({ url: database.url, applicationName: "operate-test", poolMax: 1 });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(() => sql`truncate dead_letters, events, waiting_events`.execute(db()));

/** A producer that records its messages; from `failsAt` on it fails. */
function keeping(failsAt = Infinity) {
  const sent: AnyMessage[] = [];
  const send: EventProducer["send"] = async (messages) => {
    if (sent.length >= failsAt) throw new Error("no broker answers");
    sent.push(...messages);
  };
  return { sent, producer: { send } as EventProducer };
}

const keep = (offset: number, error: string, key = `order-${offset}`) =>
  keepDeadLetters(db(), [
    {
      topic: "Paid",
      partition: 0,
      offset: String(offset),
      key,
      value: Buffer.from(String(offset)),
      headers: {},
      error,
    },
  ]);

async function idOf(offset: number): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id::text from dead_letters where message_offset = ${offset}`.execute(db());
  return rows[0]?.id ?? "";
}

async function offsets(options: Parameters<typeof listDeadLetters>[1] = {}): Promise<string[]> {
  const found: string[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page = await listDeadLetters(db(), { ...options, after, limit: 2 });
    found.push(...page.rows.map(({ offset }) => offset));
    after = page.next;
  }
  return found;
}

test("letters are listed in pages, newest first; replayed and discarded ones only on demand", async () => {
  for (const offset of [1, 2, 3, 4, 5]) await keep(offset, "no event");
  await discardDeadLetter(db(), await idOf(3));
  await replayDeadLetter(db(), keeping().producer, await idOf(4));
  expect(await offsets()).toEqual(["5", "2", "1"]);
  expect(await offsets({ state: "all" })).toEqual(["5", "4", "3", "2", "1"]);
});

test("a search finds a key, an id, and parts of topic and error, in any case", async () => {
  await keep(1, "SyntaxError: no JSON", "order-x");
  await keep(2, "There is no order", "order-y");
  expect(await offsets({ q: "order-x" })).toEqual(["1"]);
  expect(await offsets({ q: "syntaxerror" })).toEqual(["1"]);
  expect(await offsets({ q: "paid" })).toEqual(["2", "1"]);
  expect(await offsets({ q: await idOf(2) })).toContain("2");
  expect(await offsets({ q: "%" })).toEqual([]);
});

test("a letter's key and error may exceed the size of an index entry", async () => {
  const long = Array.from({ length: 3_000 }, () => crypto.randomUUID()).join("");
  await keep(1, long, long);
  expect(await offsets({ q: long })).toEqual(["1"]);
  const { sent, producer } = keeping();
  const [listed] = (await listDeadLetters(db())).rows;
  expect(await replayCause(db(), producer, listed?.error ?? "")).toBe(1);
  expect(sent).toHaveLength(1);
});

test("a replay that Kafka rejected leaves the letter open", async () => {
  await keep(1, "no event");
  const replay = replayDeadLetter(db(), keeping(0).producer, await idOf(1));
  await expect(replay).rejects.toMatchObject({ code: "kafka_unavailable" });
  expect(await offsets()).toEqual(["1"]);
  const { sent, producer } = keeping();
  await replayDeadLetter(db(), producer, await idOf(1));
  expect(sent).toMatchObject([{ topic: "Paid", key: "order-1", value: Buffer.from("1") }]);
  expect(await offsets()).toEqual([]);
});

test("a replay that fails once, for example during a leader election, is retried", async () => {
  await keep(1, "no event");
  const { sent, producer } = keeping();
  let refusals = 1;
  const send: EventProducer["send"] = async (messages) => {
    if (refusals-- > 0) throw new Error("There is no leader for this topic-partition");
    await producer.send(messages);
  };
  await replayDeadLetter(db(), { send } as EventProducer, await idOf(1));
  expect(sent).toMatchObject([{ topic: "Paid", key: "order-1" }]);
  expect(await offsets()).toEqual([]);
});

test("replays all letters of one cause in order, and no others", async () => {
  for (let offset = 1; offset <= 50; offset++) await keep(offset, "the product was missing");
  await keep(51, "something else");
  const { sent, producer } = keeping();
  expect(await replayCause(db(), producer, "the product was missing")).toBe(50);
  expect(sent.map(({ value }) => Number(String(value)))).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
  expect(await offsets()).toEqual(["51"]);
  expect(await replayCause(db(), producer, "the product was missing")).toBe(0);
});

test("when Kafka fails in between, sent letters are replayed and the others stay open", async () => {
  for (let offset = 1; offset <= 50; offset++) await keep(offset, "the product was missing");
  const replay = replayCause(db(), keeping(30).producer, "the product was missing");
  await expect(replay).rejects.toMatchObject({ code: "kafka_unavailable" });
  const open = await offsets();
  expect(open).toContain("31");
  expect(open).toContain("50");
  expect(open).not.toContain("20");
});

test("a letter that fails again in the meantime is not replayed repeatedly", async () => {
  await keep(1, "the product was missing");
  const sent: number[] = [];
  const send: EventProducer["send"] = async () => {
    sent.push(1);
    await keep(100 + sent.length, "the product was missing");
  };
  expect(await replayCause(db(), { send } as EventProducer, "the product was missing")).toBe(1);
  expect(await offsets()).toEqual(["101"]);
});

test("an unknown id is not found, and every action is in the audit", async () => {
  expect(await findDeadLetter(db(), "9")).toBeUndefined();
  expect(await findDeadLetter(db(), "x")).toBeUndefined();
  expect(await replayDeadLetter(db(), keeping().producer, "9")).toBeUndefined();
  expect(await discardDeadLetter(db(), "9")).toBeUndefined();
  await keep(1, "no event");
  const id = await idOf(1);
  await discardDeadLetter(db(), id);
  // only an open letter is discarded
  expect(await discardDeadLetter(db(), id)).toBeUndefined();
  const done = await listAudit(db(), { limit: 2 });
  const discarded = { action: "dead_letter.discarded", subject: `Paid ${id}` };
  expect(done.filter(({ subject }) => subject === discarded.subject)).toMatchObject([discarded]);
});

test("pages, searches and the state of the outbox read a limited number of rows", async () => {
  await sql`alter table dead_letters set (autovacuum_enabled = off)`.execute(db());
  const read = async () => ({
    page: await tuplesRead(db(), () => listDeadLetters(db())),
    all: await tuplesRead(db(), () => listDeadLetters(db(), { state: "all" })),
    key: await tuplesRead(db(), () => listDeadLetters(db(), { q: "order-7" })),
    search: await tuplesRead(db(), () => listDeadLetters(db(), { q: "nowhere" })),
    find: await tuplesRead(db(), () => findDeadLetter(db(), "7")),
    cause: await tuplesRead(db(), () => replayCause(db(), keeping().producer, "rare")),
    outbox: await tuplesRead(db(), () => readOutboxState(db())),
  });
  // plans that were made on an empty table stay cached
  for (let times = 0; times < 7; times++) await read();
  await sql`
    insert into dead_letters (topic, partition, message_offset, key, value, headers, error)
    select 'Paid', 0, n, concat('order-', n), '{}', '{}', 'often' from generate_series(1, 40000) n`.execute(
    db(),
  );
  await sql`
    insert into events (aggregate_id, version, event_id, slot, topic, payload)
    select gen_random_uuid(), 1, gen_random_uuid(), 0, 'Paid', '{}' from generate_series(1, 1000)`.execute(
    db(),
  );
  await sql`
    insert into waiting_events (slot, recorded_at, aggregate_id, version)
    select slot, created_at, aggregate_id, version from events`.execute(db());
  const { page, all, key, search, find, cause, outbox } = await read();
  expect(Math.max(page, all, key)).toBeLessThan(250);
  expect(search).toBeLessThan(5 * 5_000);
  expect(Math.max(find, cause)).toBeLessThan(20);
  // every waiting event and every event of the last hour, up to a limit
  expect(outbox).toBeLessThan(6 * 1_000);
});
