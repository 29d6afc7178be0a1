import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import postgres from "postgres";
import {
  eventually,
  ownKafka,
  ownPostgres,
  startedKafka,
  startedPostgres,
  testDatabase,
  testTopicPrefix,
} from "./mod.ts";

setDefaultTimeout(600_000);

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

function connect(url: string): postgres.Sql {
  const sql = postgres(url, { max: 2, onnotice() {} });
  closing.push(() => sql.end({ timeout: 5 }));
  return sql;
}

test("startedPostgres() returns one server with UTF-8, UTC and fsync", async () => {
  const [{ url }, again] = await Promise.all([startedPostgres(), startedPostgres()]);
  expect(again.url).toBe(url);
  const [row] = await connect(url)`
    select current_setting('server_encoding') as encoding,
      current_setting('timezone') as timezone,
      current_setting('fsync') as fsync,
      upper('é') as upper`;
  expect(row).toEqual({ encoding: "UTF8", timezone: "UTC", fsync: "on", upper: "É" });
});

test("testDatabase() migrates once and gives each caller its own database", async () => {
  const template = `once_${crypto.randomUUID().slice(0, 8)}`;
  let migrated = 0;
  const migrate = async (url: string) => {
    migrated++;
    const sql = postgres(url, { max: 1 });
    await sql`create table things (name text)`;
    await sql.end();
  };
  const databases = await Promise.all(
    Array.from({ length: 4 }, () => testDatabase(migrate, template)),
  );
  expect(migrated).toBe(1);
  const [first, second] = databases.map(({ url }) => connect(url));
  await first!`insert into things values ('김치')`;
  expect([...(await first!`select name from things`)]).toEqual([{ name: "김치" }]);
  expect([...(await second!`select name from things`)]).toEqual([]);
  for (const database of databases) await database.drop();
  await expect(connect(databases[0]!.url)`select 1`.execute()).rejects.toThrow("does not exist");
});

test("testDatabase() starts again after a failed migration of the template", async () => {
  const template = `half_${crypto.randomUUID().slice(0, 8)}`;
  const failing = testDatabase(async () => {
    throw new Error("no such migration");
  }, template);
  await expect(failing).rejects.toThrow("no such migration");
  const database = await testDatabase(async () => {}, template);
  await database.drop();
});

test("startedKafka() delivers a message", async () => {
  const { brokers } = await startedKafka();
  const topic = `${testTopicPrefix()}hello`;
  expect(await echo(brokers, topic, "안녕")).toBe("안녕");
});

test("ownKafka() keeps its port and topics across a stop and a crash", async () => {
  const kafka = await ownKafka();
  closing.push(() => kafka.close());
  await echo(kafka.brokers, "kept", "one");
  await kafka.stop();
  await expect(topics(kafka.brokers)).rejects.toThrow();
  await kafka.start();
  expect(await topics(kafka.brokers)).toContain("kept");
  await kafka.kill();
  await expect(topics(kafka.brokers)).rejects.toThrow();
  await kafka.start();
  expect(await topics(kafka.brokers)).toContain("kept");
  await kafka.kill();
  await kafka.wipe();
  await kafka.start();
  expect(await topics(kafka.brokers)).not.toContain("kept");
});

test("ownPostgres() keeps committed rows across a crash", async () => {
  const server = await ownPostgres();
  closing.push(() => server.close());
  const sql = connect(server.url);
  await sql`create table kept (n int)`;
  await sql`insert into kept values (1)`;
  await server.kill();
  await expect(Promise.resolve(connect(server.url)`select 1`)).rejects.toThrow();
  await server.start();
  const [row] = await connect(server.url)`select n from kept`;
  expect(row).toEqual({ n: 1 });
});

function client(brokers: string[]): Kafka {
  return new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 2 } });
}

async function topics(brokers: string[]): Promise<string[]> {
  const admin = client(brokers).admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

/** Sends a text to a new topic and returns what a new group reads from it. */
async function echo(brokers: string[], topic: string, text: string): Promise<string | undefined> {
  const kafka = client(brokers);
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  const consumer = kafka.consumer({ groupId: `${topic}-readers` });
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  try {
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
    await producer.send({ topic, messages: [{ value: text }] });
    await consumer.subscribe({ topic, fromBeginning: true });
    let read: string | undefined;
    await consumer.run({
      eachMessage: async ({ message }) => {
        read = message.value?.toString();
      },
    });
    await eventually(() => read !== undefined, { what: "the message" });
    return read;
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
  }
}
