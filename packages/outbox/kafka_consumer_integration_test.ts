import { afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { KafkaJSNonRetriableError, type EachBatchPayload, type Kafka } from "kafkajs";
import { sql, type Kysely } from "kysely";
import {
  eventually,
  startedKafka,
  tcpProxy,
  type TcpProxy,
  type TestDatabase,
  testTopicPrefix,
} from "@payflow/local-stack/testing";
import { openDatabase, UnavailableError, type Database } from "@payflow/database";
import { silentLog } from "@payflow/database/testing";
import { accounts, accountSave, accountsDatabase, contradictions } from "./testing/accounts.ts";
import { unsignedMax } from "./dead_letters.ts";
import { eventSignatures } from "./event_signature.ts";
import {
  connectKafka,
  createEventProducer,
  type AnyMessage,
  type EventProducer,
  type KafkaSettings,
  type OutgoingMessage,
} from "./kafka.ts";
import { createTopics } from "./topics.ts";
import type { MessageHandler } from "./chunk_handler.ts";
import { createEventConsumer } from "./kafka_consumer.ts";
import { createSaves } from "./saves.ts";
import { signatures } from "./testing/topics.ts";

setDefaultTimeout(600_000);

const topic = "Deposit";
let brokers: readonly string[];
let database: TestDatabase;
let proxy: TcpProxy;
/** The consumer's connection to its database, through the proxy. */
let wired: Database;
let plain: Database;
let db: Kysely<never>;
let settings: KafkaSettings;
let kafka: Kafka;
let producer: EventProducer;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  brokers = (await startedKafka()).brokers;
});
beforeEach(async () => {
  database = await accountsDatabase();
  const url = new URL(database.url);
  plain = openDatabase({ url: url.href, applicationName: "consumer-test" });
  db = plain.kysely;
  proxy = await tcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  wired = openDatabase({ url: url.href, applicationName: "consumer-test" });
  settings = { brokers, clientId: "consumer-test", prefix: testTopicPrefix(), partitions: 4 };
  kafka = connectKafka(settings, silentLog);
  await createTopics(kafka, settings, [topic]);
  producer = createEventProducer(kafka, settings.prefix);
  closing.push(() => producer.close());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await Promise.all([wired.close(), plain.close()]);
  await proxy.close();
  await database.drop();
}, 600_000);

/** Retries, because a new topic may have no leader yet; duplicates do no harm here. */
const sendAsIs = (messages: readonly AnyMessage[]) =>
  eventually(() => producer.send(messages), { timeoutMs: 20_000 });
const send = (messages: readonly OutgoingMessage[]) => sendAsIs(messages.map(signatures.sign));
const deposit = (key: string, eventId = crypto.randomUUID()): OutgoingMessage => ({
  topic,
  key,
  value: JSON.stringify({ eventId }),
  headers: { ce_id: eventId },
});
const deposits = (count: number) =>
  Array.from({ length: count }, () => deposit(crypto.randomUUID()));

/** Adds one to the balance for every message: without the inbox, a repeated message would add twice. */
function depositor(on = wired.kysely): MessageHandler {
  const save = createSaves(on, accounts);
  return async ({ key, value }) => {
    const { eventId } = JSON.parse(value) as { eventId: string };
    for (;;) {
      const { rows } = await sql<{ version: number; balance: number }>`
        select version, balance from accounts where id = ${key}`.execute(on);
      const { version, balance } = rows[0] ?? { version: 0, balance: 0 };
      const change = accountSave(
        { id: key, version: version + 1, balance: balance + 1 },
        { message: { id: eventId, topic } },
      );
      if ((await save(change)) !== "stale") return;
    }
  };
}

function consume(options: { handle?: MessageHandler; kafka?: Kafka; db?: Kysely<never> } = {}) {
  const consumer = createEventConsumer({
    kafka,
    db: wired.kysely,
    groupId: "readers",
    topics: [topic],
    prefix: settings.prefix ?? "",
    handle: depositor(),
    log: silentLog,
    signatures,
    ...options,
  });
  closing.push(() => consumer.stop());
  return consumer;
}

async function balances(): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; balance: number }>`
    select id, balance from accounts`.execute(db);
  return new Map(rows.map(({ id, balance }) => [id, balance]));
}

async function letters() {
  const { rows } = await sql<{ key: string; value: string; error: string }>`
    select key, encode(value, 'base64') as value, error from dead_letters order by id`.execute(db);
  return rows;
}

/** Waits until the balance of every message's key is `times`. */
const credited = (messages: readonly OutgoingMessage[], times = 1) =>
  eventually(
    async () => expect(await balances()).toEqual(new Map(messages.map(({ key }) => [key, times]))),
    { timeoutMs: 15_000 },
  );

test("a new group starts at the beginning, and repeated messages take effect once", async () => {
  const messages = deposits(300);
  await send([...messages, ...messages]);
  consume().start();
  await credited(messages);
  const more = deposits(10);
  await send([...messages, ...more]);
  await credited([...messages, ...more]);
  expect(await contradictions(db)).toEqual([]);
  expect(await letters()).toEqual([]);
});

test("handles messages of one key in order", async () => {
  const seen: string[] = [];
  let begun = 0;
  const ids = Array.from({ length: 200 }, () => crypto.randomUUID());
  const handle = async ({ headers }: OutgoingMessage) => {
    // later messages are quicker
    for (let turn = begun++; turn < 200; turn++) await Promise.resolve();
    seen.push(headers["ce_id"] as string);
  };
  await send(ids.map((id) => deposit("one key", id)));
  consume({ handle }).start();
  await eventually(() => seen.length === ids.length);
  expect(seen).toEqual(ids);
});

test("keeps a message that can't be handled as a dead letter unchanged, and handles all others", async () => {
  const oneKey = crypto.randomUUID();
  const garbage = [
    { value: "not JSON \0 at all" },
    // a lone surrogate, which the error message repeats and jsonb can't store
    { value: JSON.stringify({ eventId: "\ud83d" }) },
    { value: "" },
  ].map((more) => ({ ...deposit(oneKey), ...more }));
  const before = deposit(oneKey);
  const after = deposit(oneKey);
  const neighbours = deposits(20);
  const handle: MessageHandler = async (message) => {
    const { eventId } = JSON.parse(message.value);
    if (eventId === "\ud83d") throw new RangeError(`Not an id: ${eventId}`);
    await depositor()(message);
  };
  await send([before, ...garbage, after, ...neighbours]);
  consume({ handle }).start();
  await eventually(
    async () =>
      expect(await balances()).toEqual(
        new Map([[oneKey, 2], ...neighbours.map(({ key }) => [key, 1] as const)]),
      ),
    { timeoutMs: 20_000 },
  );
  const kept = await letters();
  expect(kept.map(({ key, value }) => ({ key, value }))).toEqual(
    garbage.map(({ key, value }) => ({ key, value: Buffer.from(value).toString("base64") })),
  );
  expect(kept[1]?.error).toContain("Not an id");
});

test("rejects and stores messages without a valid signature, and handles the others", async () => {
  const honest = deposits(20);
  const other = eventSignatures({ current: "a key of somebody else's", accepted: [] });
  const signed = () => signatures.sign(deposit(crypto.randomUUID()));
  const [moved, changed, bare] = [signed(), signed(), signed()];
  await sendAsIs([
    other.sign(deposit(crypto.randomUUID())),
    { ...moved, key: `not ${moved.key}` },
    { ...changed, value: changed.value.replace("{", "{ ") },
    { ...bare, headers: { ce_id: crypto.randomUUID() } },
    { ...bare, key: null, value: null },
    ...honest.map(signatures.sign),
  ]);
  const handled: string[] = [];
  const handle: MessageHandler = async (message) => {
    handled.push(message.key);
    await depositor()(message);
  };
  consume({ handle }).start();
  const later = deposits(40);
  await eventually(() => honest.every(({ key }) => handled.includes(key)));
  await send(later);
  await eventually(() => later.every(({ key }) => handled.includes(key)));
  const all = [...honest, ...later].map(({ key }) => key);
  expect(new Set(handled)).toEqual(new Set(all));
  const refused = await eventually(async () => {
    const kept = await letters();
    expect(new Set(kept.map(({ key }) => key)).size).toBe(5);
    return kept;
  });
  for (const { error } of refused) expect(error).toContain("No valid signature");
  await credited([...honest, ...later]);
});

test("counts a flood of unsigned messages, and stores a limited number of them", async () => {
  const flood = Array.from({ length: 4 * unsignedMax }, () => ({
    ...deposit(crypto.randomUUID()),
    value: "forged",
  }));
  const large = { ...deposit("large"), value: "x".repeat(200_000) };
  await sendAsIs([large]);
  consume().start();
  // before the flood, or other partitions may fill the limit first
  await eventually(async () => expect(await letters()).toHaveLength(1));
  await sendAsIs(flood);
  const honest = deposits(5);
  await send(honest);
  await credited(honest);
  const refused = async () =>
    (
      await sql<{ refused: number }>`
        select refused::integer from unsigned_messages where topic = ${topic}`.execute(db)
    ).rows[0]?.refused;
  await eventually(async () => expect(await refused()).toBeGreaterThan(flood.length), {
    timeoutMs: 25_000,
  });
  const kept = await letters();
  // partitions that store letters at the same moment may exceed the limit a little
  expect(kept.length).toBeWithin(unsignedMax, 3 * unsignedMax);
  const bytes = kept.map(({ value }) => (value ?? "").length);
  expect(Math.max(...bytes)).toBeLessThan(1_000);
});

test("while the database is unavailable the partitions wait without dead letters, and continue afterwards", async () => {
  const first = deposits(10);
  await send(first);
  let faults = 0;
  const handle: MessageHandler = async (message) => {
    try {
      await depositor()(message);
    } catch (error) {
      faults++;
      throw error;
    }
  };
  // `db` stays available, so dead letters could be stored
  consume({ handle, db }).start();
  await credited(first);
  await proxy.down();
  const second = deposits(10);
  await send(second);
  // more attempts than a message with a permanent error gets
  await eventually(() => faults > 40, { timeoutMs: 20_000 });
  expect(await balances()).toHaveProperty("size", 10);
  await proxy.up();
  await credited([...first, ...second]);
  expect(await letters()).toEqual([]);
});

test("a second consumer that joins during a batch takes its share, and nothing takes effect twice", async () => {
  const messages = deposits(2_000);
  const open = Promise.withResolvers<void>();
  let begun = 0;
  const slow: MessageHandler = async (message) => {
    begun++;
    await open.promise;
    await depositor()(message);
  };
  await send(messages);
  consume({ handle: slow }).start();
  await eventually(() => begun > 0);
  let byOther = 0;
  const joining = consume({
    handle: async (message) => {
      await depositor()(message);
      byOther++;
    },
  });
  joining.start();
  open.resolve();
  await eventually(() => joining.isReading());
  const more = deposits(200);
  await send(more);
  await credited([...messages, ...more]);
  expect(byOther).toBeGreaterThan(0);
  expect(await contradictions(db)).toEqual([]);
});

test("a consumer that waits for its database does not delay a joining consumer", async () => {
  let isAway = true;
  let waits = 0;
  const away: MessageHandler = async (message) => {
    if (isAway) {
      waits++;
      throw new UnavailableError("database_unavailable");
    }
    await depositor()(message);
  };
  const messages = deposits(100);
  await send(messages);
  consume({ handle: away }).start();
  await eventually(() => waits > 100);
  let byOther = 0;
  consume({
    handle: async (message) => {
      await depositor(db)(message);
      byOther++;
    },
  }).start();
  await eventually(() => byOther > 0, { timeoutMs: 25_000 });
  isAway = false;
  await credited(messages);
  expect(await letters()).toEqual([]);
});

test("a consumer that can't reach its database leaves its partitions to another, and joins again later", async () => {
  const first = deposits(20);
  await send(first);
  const cutOff = consume();
  cutOff.start();
  await credited(first);
  await proxy.down();
  const second = deposits(40);
  await send(second);
  consume({ handle: depositor(db), db }).start();
  await credited([...first, ...second]);
  await eventually(() => !cutOff.isReading(), { timeoutMs: 25_000 });
  await proxy.up();
  await eventually(() => cutOff.isReading(), { timeoutMs: 25_000 });
  const third = deposits(40);
  await send(third);
  await credited([...first, ...second, ...third]);
  expect(await contradictions(db)).toEqual([]);
  expect(await letters()).toEqual([]);
});

test("an offset is committed only when its messages have taken effect", async () => {
  const messages = deposits(50);
  await send(messages);
  let tries = 0;
  const failing = consume({
    handle: async () => {
      tries++;
      throw new UnavailableError("database_unavailable");
    },
  });
  failing.start();
  await eventually(() => tries >= messages.length);
  await failing.stop();
  consume().start();
  await credited(messages);
});

test.each([
  ["as many", 0],
  ["more", 7],
])(
  "reads a topic that was recreated with %s messages during a batch from its beginning",
  async (_, more) => {
    settings = { ...settings, prefix: testTopicPrefix(), partitions: 1 };
    const name = `${settings.prefix}${topic}`;
    await createTopics(kafka, settings, [topic]);
    producer = createEventProducer(kafka, settings.prefix);
    closing.push(producer.close);
    const old = deposits(30);
    await send(old);
    const open = Promise.withResolvers<void>();
    let waiting = 0;
    const consumer = consume({
      handle: async (message) => {
        waiting++;
        await open.promise;
        await depositor()(message);
      },
    });
    consumer.start();
    await eventually(() => waiting === old.length);
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [name] });
    await admin.disconnect();
    await eventually(() => createTopics(kafka, settings, [topic]));
    const anew = deposits(old.length + more);
    await send(anew);
    open.resolve();
    await credited([...old, ...anew]);
    expect(await letters()).toEqual([]);
  },
);

test("a consumer that crashed restarts at its committed offset", async () => {
  const first = deposits(20);
  await send(first);
  let fails = true;
  const consumer = consume({
    kafka: withCommit(kafka, (commit) => async (offsets) => {
      if (!fails) return await commit(offsets);
      fails = false;
      throw new KafkaJSNonRetriableError("refused");
    }),
  });
  consumer.start();
  await eventually(() => !fails);
  const second = deposits(20);
  await send(second);
  await credited([...first, ...second]);
  expect(await contradictions(db)).toEqual([]);
});

test("commits handled messages, so that the group's next consumer does not handle them again", async () => {
  const messages = deposits(50);
  await send(messages);
  const first = consume();
  first.start();
  await credited(messages);
  await first.stop();
  const again: OutgoingMessage[] = [];
  const more = deposits(5);
  await send(more);
  consume({
    handle: async (message) => {
      again.push(message);
    },
  }).start();
  await eventually(() => again.length >= 5, { timeoutMs: 20_000 });
  expect(again.map(({ key }) => key).sort()).toEqual(more.map(({ key }) => key).sort());
});

test("stop() does not wait for a consumer that is joining again", async () => {
  let begun = 0;
  const crashing = withCommit(kafka, () => async () => {
    throw new KafkaJSNonRetriableError("refused");
  });
  const consumer = consume({
    kafka: withConsumer(kafka, (config) =>
      ++begun === 1
        ? crashing.consumer(config)
        : { ...kafka.consumer(config), connect: () => new Promise(() => {}) },
    ),
  });
  consumer.start();
  await send(deposits(1));
  await eventually(() => begun === 2, { timeoutMs: 20_000 });
  await consumer.stop();
  expect(consumer.isReading()).toBe(false);
});

type Commit = EachBatchPayload["commitOffsetsIfNecessary"];

/** The real Kafka with another function for commits. */
function withCommit(real: Kafka, wrap: (commit: Commit) => Commit): Kafka {
  return withConsumer(real, (config) => {
    const consumer = real.consumer(config);
    return {
      ...consumer,
      run: (run: Parameters<typeof consumer.run>[0]) =>
        consumer.run({
          ...run,
          eachBatch: async (payload) =>
            await run?.eachBatch?.({
              ...payload,
              commitOffsetsIfNecessary: wrap(payload.commitOffsetsIfNecessary),
            }),
        }),
    };
  });
}

/** The real Kafka with other consumers. */
function withConsumer(real: Kafka, consumer: Kafka["consumer"]): Kafka {
  const prototype = Object.getPrototypeOf(real) as object;
  return Object.assign(Object.create(prototype), real, { consumer }) as Kafka;
}
