// How long a committed event takes to reach a reader, and how fast a backlog goes out: PayFlow's relay beside the
// poller of most tutorials (every second, a hundred rows, one send each) and beside kafkajs alone, which is the floor,
// in turns on one PostgreSQL and one Kafka.
import type { Kafka } from "kafkajs";
import postgres from "postgres";
import {
  connectKafka,
  createEventProducer,
  createOutboxRelay,
  eventSignatures,
  createTopics,
  messageMigrations,
  migrate,
  openDatabase,
  pause,
  slotOf,
  type EventProducer,
} from "@payflow/outbox";
import { silentLog } from "@payflow/shared/http";
import { startedKafka, testDatabase } from "@payflow/local-stack/testing";

const rates = [100, 500];
const rounds = 3;
const roundMs = 4_000;
const backlog = 20_000;
/** What the poller gets to show its pace; the whole backlog would take it minutes. */
const pollerMs = 10_000;

type Way = {
  readonly name: string;
  /** Commits one event, and has it on its way. */
  commit(event: Row): Promise<void>;
  stop(): Promise<void>;
};
type Row = { readonly id: string; readonly key: string; readonly text: string };

const { brokers } = await startedKafka();
const settings = { brokers, clientId: "bench", partitions: 3 };
const kafka = connectKafka(settings, silentLog);
const topic = `Bench-${crypto.randomUUID()}`;
await createTopics(kafka, settings, [topic]);

/** About as long as OrderCreated of one line. */
function newRow(): Row {
  const id = crypto.randomUUID();
  const key = Bun.randomUUIDv7();
  const text = JSON.stringify({ eventId: id, orderId: key, pad: "x".repeat(220) });
  return { id, key, text };
}

async function openOutbox() {
  const database = await testDatabase(
    async (url) => migrate(url, await messageMigrations()),
    "bench-relay",
  );
  const sql = postgres(database.url, { max: 8, onnotice: () => {} });
  return {
    url: database.url,
    sql,
    write: (rows: readonly Row[]) => sql`
      insert into outbox (event_id, aggregate_id, version, topic, slot, payload, headers)
      select id, key, 1, ${topic}, slot, text::json, json_build_object('ce_id', id)
      from jsonb_to_recordset(${sql.json(rows.map((row) => ({ ...row, slot: slotOf(row.key) })))})
        as t(id uuid, key text, text text, slot smallint)`,
    async drop() {
      await sql.end();
      await database.drop();
    },
  };
}

type Outbox = Awaited<ReturnType<typeof openOutbox>>;

const signatures = eventSignatures({ current: "internal-key-of-the-bench", accepted: [] });

function relayOf(outbox: Outbox, producer: EventProducer) {
  const database = openDatabase<never>({ url: outbox.url, applicationName: "bench" });
  const relay = createOutboxRelay({
    db: database.kysely,
    producer,
    signatures,
    log: silentLog,
    holder: crypto.randomUUID(),
  });
  return { relay, close: () => database.close() };
}

async function payflow(): Promise<Way> {
  const outbox = await openOutbox();
  const producer = createEventProducer(kafka);
  const { relay, close } = relayOf(outbox, producer);
  relay.start();
  return {
    name: "PayFlow's relay",
    async commit(row) {
      await outbox.write([row]);
      relay.wake();
    },
    async stop() {
      await relay.stop();
      await Promise.all([producer.close(), close()]);
      await outbox.drop();
    },
  };
}

/** Every second up to a hundred rows, each sent and marked by itself. Returns how many it has sent. */
function startPoller(sql: postgres.Sql, producer: EventProducer) {
  const stopping = new AbortController();
  let sent = 0;
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const rows = await sql<
        { seq: string; key: string; value: string; headers: string }[]
      >`select seq, aggregate_id as key, payload::text as value, headers::text as headers
        from outbox where published_at is null order by seq limit 100`;
      for (const { seq, ...message } of rows) {
        await producer.send([{ topic, ...message }]);
        await sql`update outbox set published_at = now() where seq = ${seq}`;
        sent += 1;
      }
      await pause(1_000, stopping.signal);
    }
  })();
  return {
    sent: () => sent,
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

async function poller(): Promise<Way> {
  const outbox = await openOutbox();
  const producer = createEventProducer(kafka);
  const loop = startPoller(outbox.sql, producer);
  return {
    name: "a poller of tutorials",
    async commit(row) {
      await outbox.write([row]);
    },
    async stop() {
      await loop.stop();
      await producer.close();
      await outbox.drop();
    },
  };
}

async function alone(client: Kafka): Promise<Way> {
  const producer = createEventProducer(client);
  return {
    name: "kafkajs alone, no database",
    async commit({ id, key, text }) {
      const headers = JSON.stringify({ ce_id: id });
      void producer.send([{ topic, key, value: text, headers }]);
    },
    stop: () => producer.close(),
  };
}

const committedAt = new Map<string, number>();
let latencies: number[] = [];
const reader = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
await reader.connect();
await reader.subscribe({ topics: [topic] });
await reader.run({
  eachMessage: async ({ message }) => {
    const id = String(message.headers?.["ce_id"]);
    const atMs = committedAt.get(id);
    if (atMs !== undefined) latencies.push(performance.now() - atMs);
    committedAt.delete(id);
  },
});

async function latenciesOf(way: Way, perSecond: number): Promise<number[]> {
  latencies = [];
  const beganMs = performance.now();
  const total = (perSecond * roundMs) / 1000;
  for (let count = 0; count < total; count++) {
    const dueMs = beganMs + (count * 1000) / perSecond;
    if (performance.now() < dueMs) await pause(dueMs - performance.now());
    const row = newRow();
    void way.commit(row).then(() => {
      // may have arrived already; then it took no time
      committedAt.set(row.id, performance.now());
    });
  }
  const giveUpMs = performance.now() + 10_000;
  while (committedAt.size > 0 && performance.now() < giveUpMs) await pause(20);
  committedAt.clear();
  return latencies;
}

function quantile(sorted: readonly number[], share: number): string {
  const value = sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return value.toFixed(1).padStart(8);
}

console.log(
  `from commit to reader, ms; ${rounds} rounds of ${roundMs / 1000} s in turns, fsync on\n`,
);
for (const rate of rates) {
  const ways = [await payflow(), await poller(), await alone(kafka)];
  const all = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const way of ways) {
      const figures = await latenciesOf(way, rate);
      // the first round warms up
      if (round > 0) all.get(way.name)?.push(...figures);
    }
  }
  for (const way of ways) await way.stop();
  console.log(`${rate} a second`.padEnd(30), "     p50      p95      p99");
  for (const [name, figures] of all) {
    const sorted = figures.toSorted((a, b) => a - b);
    const cells = [0.5, 0.95, 0.99].map((share) => quantile(sorted, share));
    console.log(name.padEnd(30), cells.join(" "));
  }
  console.log("");
}
await reader.disconnect();

async function drain(): Promise<{ relay: number; poller: number }> {
  const outbox = await openOutbox();
  const producer = createEventProducer(kafka);
  const rows = Array.from({ length: backlog }, newRow);
  for (let from = 0; from < backlog; from += 1_000)
    await outbox.write(rows.slice(from, from + 1_000));
  const begun = performance.now();
  const loop = startPoller(outbox.sql, producer);
  await pause(pollerMs);
  await loop.stop();
  const slow = (loop.sent() * 1000) / (performance.now() - begun);
  await outbox.sql`update outbox set published_at = null`;
  const { relay, close } = relayOf(outbox, producer);
  const startedMs = performance.now();
  let published = 0;
  while (published < backlog) published += await relay.runOnce();
  const fast = (published * 1000) / (performance.now() - startedMs);
  await relay.stop();
  await Promise.all([producer.close(), close()]);
  await outbox.drop();
  return { relay: Math.round(fast), poller: Math.round(slow) };
}

const drained = await drain();
console.log(`a backlog of ${backlog}, events a second`);
console.log("PayFlow's relay".padEnd(30), String(drained.relay).padStart(8));
console.log("a poller of tutorials".padEnd(30), String(drained.poller).padStart(8));
process.exit(0);
