// The poller of most tutorials (up to a hundred rows every second, with one send and one update
// each), and kafkajs without a database, the lower bound for a relay's latency. Each has a writer
// at a constant rate and a reader of the topic.
import { Kafka, logLevel, type Producer } from "kafkajs";
import postgres from "postgres";
import { serveTask } from "../load/child_task.ts";
import { constantRate } from "../load/schedule.ts";
import { spreadOf, type Spread } from "../report/percentiles.ts";

export type PollerLoad = {
  readonly url: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly perSecond: number;
  readonly forMs: number;
  readonly kind: "poller" | "kafkajs";
};
/** From the commit of a row (kafkajs: from the send) to the reader. */
export type PollerOutcome = { readonly latency: Spread; readonly lost: number };

const value = JSON.stringify({ pad: "x".repeat(300) });

async function run(load: PollerLoad): Promise<PollerOutcome> {
  const { url, brokers, topic, perSecond, forMs } = load;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const sql = postgres(url, { max: 8, onnotice() {} });
  const sinceMs = new Map<string, number>();
  const latencies: number[] = [];
  const reader = kafka.consumer({ groupId: crypto.randomUUID(), maxWaitTimeInMs: 100 });
  await reader.connect();
  await reader.subscribe({ topics: [topic], fromBeginning: true });
  await reader.run({
    eachMessage: async ({ message }) => {
      const key = String(message.key);
      const since = sinceMs.get(key);
      if (since !== undefined) latencies.push(performance.now() - since);
      sinceMs.delete(key);
    },
  });
  const stopping = new AbortController();
  const polling = load.kind === "poller" ? poll(sql, producer, topic, stopping.signal) : undefined;
  const write = async (key: string) => {
    if (load.kind === "kafkajs") {
      sinceMs.set(key, performance.now());
      await producer.send({ topic, acks: -1, messages: [{ key, value }] });
      return;
    }
    await sql`insert into polled (key, payload) values (${key}, ${value})`;
    sinceMs.set(key, performance.now());
  };
  const schedule = constantRate({ perSecond, forMs });
  const begun = performance.now();
  const writes: Promise<void>[] = [];
  while (writes.length < schedule.total) {
    const due = schedule.dueCount(performance.now() - begun);
    while (writes.length < due) writes.push(write(crypto.randomUUID()));
    await Bun.sleep(1);
  }
  await Promise.all(writes);
  const giveUpMs = performance.now() + 10_000;
  while (sinceMs.size > 0 && performance.now() < giveUpMs) await Bun.sleep(20);
  stopping.abort();
  await polling;
  await Promise.all([reader.disconnect(), producer.disconnect(), sql.end()]);
  return { latency: spreadOf(latencies), lost: sinceMs.size };
}

async function poll(sql: postgres.Sql, producer: Producer, topic: string, signal: AbortSignal) {
  while (!signal.aborted) {
    const rows = await sql<{ id: string; key: string; payload: string }[]>`
      select id, key, payload from polled where published_at is null order by id limit 100`;
    for (const { id, key, payload } of rows) {
      await producer.send({ topic, acks: -1, messages: [{ key, value: payload }] });
      await sql`update polled set published_at = now() where id = ${id}`;
    }
    await Bun.sleep(1_000);
  }
}

await serveTask(run);
