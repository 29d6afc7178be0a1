import { sql, type Kysely, type RawBuilder } from "kysely";
import type { EventSignatures } from "./event_signature.ts";
import { isStillStarting, isTooLarge, type EventProducer, type OutgoingMessage } from "./kafka.ts";
import type { Log } from "./log.ts";
import { createSlotLeases, leaseTtlMs, type SlotLeases } from "./slot_leases.ts";
import { createWorker } from "./worker.ts";

/** Rows a send. Beyond a thousand Kafka's answer takes longer without more rows a second. */
const batchMax = 1_000;
/** Bytes a send, with room below what our topics take at once for one partition (1 MiB, kafka.ts). */
const batchBytesMax = 768 * 1024;
/** How soon an event that Kafka found too large is tried again: an operator who mended the topic's limit waits for it. */
const tryRefusedEveryMs = 60_000;
/** Keys whose events may wait for that; when there are more, Kafka is not set up for us at all. */
const refusedMax = 1_000;
/** Wake-ups come from the process itself; this is for rows of writers that died before their relay saw them. */
const pollMs = 500;
const renewEveryMs = leaseTtlMs / 5;
/** Sends that fail one after the other before the slots go to relays that may reach Kafka. */
const failedSendsMax = 2;

type Row = OutgoingMessage & { seq: number };
type Batch = { readonly rows: readonly Row[]; readonly isFull: boolean };

export type OutboxRelay = {
  start(): void;
  /** Rows have been written: look now. */
  wake(): void;
  /** Ends the send under way and gives the slots to others. */
  stop(): Promise<void>;
  /** Sends and marks what waits, up to one batch; returns how many rows it published. */
  runOnce(): Promise<number>;
};

/**
 * Moves the outbox to Kafka, each event signed by the key that is current when it is sent. Rows are taken by their state (`published_at is null`), never by an offset, since rows
 * become visible in another order than they were numbered. A row is marked after Kafka's acknowledgement only: a
 * relay killed between the two sends it again, and readers' inboxes know it by then. A relay that can't reach Kafka
 * gives its slots back, and takes part again when Kafka answers it.
 */
export function createOutboxRelay(options: {
  readonly db: Kysely<never>;
  readonly producer: EventProducer;
  readonly signatures: Pick<EventSignatures, "sign">;
  readonly holder: string;
  readonly log: Log;
  readonly leases?: SlotLeases;
  /** For tests of a crash: called with a point's name between two steps. */
  readonly faultPoint?: (name: string) => void | Promise<void>;
}): OutboxRelay {
  const { db, producer, signatures, log } = options;
  const leases = options.leases ?? createSlotLeases(db, options.holder);
  const faultPoint = options.faultPoint ?? (() => {});
  let renewedAtMs = -Infinity;
  // in a row; at `failedSendsMax` this relay holds no slots
  let failedSends = 0;
  let failedTopic = "";
  // fewer while Kafka finds a batch too large
  let rowsMax = batchMax;
  // keys of single events that Kafka found too large: their later ones must not overtake them
  const refused = new Set<string>();
  let tryRefusedAtMs = Infinity;
  // rows that were acknowledged and whose mark is under way: they look unpublished until it has committed
  let marking: { seqs: readonly number[]; done: Promise<unknown> } = {
    seqs: [],
    done: Promise.resolve(),
  };

  async function renewWhenDue(): Promise<void> {
    if (performance.now() - renewedAtMs < renewEveryMs) return;
    await leases.renew();
    renewedAtMs = performance.now();
  }

  async function read(slots: readonly number[], except: readonly number[]): Promise<Batch> {
    if (performance.now() >= tryRefusedAtMs) {
      refused.clear();
      tryRefusedAtMs = Infinity;
    }
    const limit = rowsMax;
    const { rows } = await waitingRows(slots, { except, limit, exceptKeys: [...refused] }).execute(
      db,
    );
    return fitting(rows, limit);
  }

  /** A topic's limit may be lower than ours: sends shrink to single rows, and what is too large alone waits apart. */
  function takeLess(rows: readonly Row[], error: unknown): void {
    rowsMax = Math.ceil(rows.length / 2);
    const [row] = rows;
    if (row === undefined || rows.length > 1) return;
    if (refused.size >= refusedMax) throw error;
    refused.add(row.key);
    tryRefusedAtMs = Math.min(tryRefusedAtMs, performance.now() + tryRefusedEveryMs);
    log.error(
      { topic: row.topic, key: row.key, seq: row.seq, bytes: bytesOf(row) },
      "Kafka takes no event as large as this one: raise max.message.bytes of its topic. This key's events wait, all others go on",
    );
  }

  async function mark(rows: readonly Row[]): Promise<void> {
    await sql`update outbox set published_at = now() where seq = any(${rows.map((row) => row.seq)}::bigint[])`.execute(
      db,
    );
    await faultPoint("relay:marked");
  }

  async function send(rows: readonly Row[]): Promise<void> {
    try {
      await producer.send(rows.map(signatures.sign));
      failedSends = 0;
    } catch (error) {
      if (!isTooLarge(error)) {
        failedSends += 1;
        failedTopic = rows[0]?.topic ?? "";
      }
      throw error;
    }
  }

  async function runOnce(): Promise<number> {
    if (failedSends >= failedSendsMax) {
      await producer.check(failedTopic);
      // it answers, but that a send succeeds is still to be shown: the next failure gives the slots back again
      failedSends = failedSendsMax - 1;
      renewedAtMs = -Infinity;
    }
    try {
      return await publish();
    } catch (error) {
      if (failedSends >= failedSendsMax) {
        log[isStillStarting(error) ? "debug" : "warn"](
          { failedSends },
          "Kafka does not take what this relay sends: its slots go to other relays until Kafka answers",
        );
        await leases.release();
      }
      throw error;
    }
  }

  async function publish(): Promise<number> {
    await renewWhenDue();
    let published = 0;
    let next: Batch | undefined;
    try {
      for (;;) {
        const { slots, untilMs } = leases.held();
        if (slots.length === 0) return published;
        const { rows, isFull }: Batch = next ?? (await read(slots, marking.seqs));
        if (rows.length === 0) return published;
        await faultPoint("relay:read");
        // a lease may end while Kafka thinks: send only with time for two sends left
        if (untilMs - performance.now() < 2 * producer.sendLimitMs) return published;
        const underWay = [...marking.seqs, ...rows.map((row) => row.seq)];
        let ahead: Batch | undefined;
        try {
          [ahead] = await Promise.all([isFull ? read(slots, underWay) : undefined, send(rows)]);
        } catch (error) {
          if (!isTooLarge(error)) throw error;
          takeLess(rows, error);
          next = undefined;
          continue;
        }
        // slowly up again: what was too large once is likely to be so soon
        rowsMax = Math.min(batchMax, rowsMax + Math.ceil(rowsMax / 8));
        await faultPoint("relay:acknowledged");
        await marking.done;
        marking = { seqs: rows.map((row) => row.seq), done: mark(rows) };
        // seen by the await above or by the one below; without this a fault in between counts as unhandled
        marking.done.catch(() => {});
        published += rows.length;
        next = ahead;
        if (performance.now() - renewedAtMs >= renewEveryMs) return published;
        if (next === undefined) return published;
      }
    } finally {
      const { done } = marking;
      marking = { seqs: [], done: Promise.resolve() };
      await done;
    }
  }

  const worker = createWorker({
    name: "outbox relay",
    runOnce,
    idleMs: pollMs,
    log,
    isExpected: isStillStarting,
  });
  return {
    runOnce,
    start: worker.start,
    wake: worker.wake,
    async stop() {
      await worker.stop();
      await leases.release();
    },
  };
}

/**
 * The oldest rows that wait in the given slots. Each slot is read from where it begins in the partial index: asked for
 * all in the order of `seq`, PostgreSQL may walk the primary key through every row that was ever published. `between`
 * keeps it from doing so for one slot, and `not in (select` from comparing every row with a list.
 */
export function waitingRows(
  slots: readonly number[],
  options: {
    readonly except: readonly number[];
    readonly exceptKeys: readonly string[];
    readonly limit: number;
  },
): RawBuilder<Row> {
  const { except, exceptKeys, limit } = options;
  // named only when there are any: the index alone does not know the key
  const notTheirs =
    exceptKeys.length === 0
      ? sql``
      : sql`and aggregate_id not in (select unnest(${exceptKeys}::text[]))`;
  return sql<Row>`
    select o.seq, o.topic, o.aggregate_id as key, o.payload::text as value, o.headers::text as headers
    from (
      select waiting.seq from unnest(${slots}::smallint[]) as held(slot) cross join lateral (
        select seq from outbox
        where published_at is null and slot between held.slot and held.slot
          and seq not in (select unnest(${except}::bigint[])) ${notTheirs}
        order by slot, seq limit ${limit}
      ) waiting order by seq limit ${limit}
    ) oldest join outbox o using (seq) order by o.seq`;
}

/** As many of the rows, from the first on, as one send may carry; there may be more when they are as many as were asked for. */
function fitting(rows: readonly Row[], limit: number): Batch {
  let bytes = 0;
  const tooMany = rows.findIndex((row) => (bytes += bytesOf(row)) > batchBytesMax);
  if (tooMany === -1) return { rows, isFull: rows.length === limit };
  return { rows: rows.slice(0, Math.max(1, tooMany)), isFull: true };
}

function bytesOf(row: Row): number {
  return Buffer.byteLength(row.value) + Buffer.byteLength(row.headers);
}
