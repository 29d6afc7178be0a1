import type { Kysely } from "kysely";
import { createWorker, pause, type Log } from "@payflow/database";
import type { EventSignatures } from "./event_signature.ts";
import { cloudEvent, isStillStarting, isTooLarge } from "./kafka.ts";
import type { EventOrigin, EventProducer } from "./kafka.ts";
import { leaseTtlMs, type SlotLeases } from "./slot_leases.ts";
import { messageSpan, noTracer, type Span, type Tracer } from "./trace.ts";
import { deletionOf, waitingRows, type WaitingRow } from "./waiting_events.ts";

/** Rows per send. Above 1,000, Kafka's response takes longer and throughput does not rise. */
const batchMax = 1_000;
/** Bytes per send, with room below the topics' limit of 1 MiB per partition (topics.ts). */
const batchBytesMax = 768 * 1024;
/** Retry interval of events that were too large for Kafka: an operator who raised the topic's limit waits this long. */
const tryRefusedEveryMs = 60_000;
/** Keys whose events may wait for that retry; more mean that Kafka's limits are wrong for most events. */
const refusedMax = 1_000;
/** A save wakes the relay of its own process; polling finds the rows of other replicas and of processes that died. */
const pollMs = 500;
const renewEveryMs = leaseTtlMs / 5;
/** The pause after a send gathers events for the next: sent one by one, each costs several times the CPU time. */
const gatherMs = 10;
/** One statement deletes the rows of `waiting_events` acknowledged in this time; after a crash they are sent again. */
const deleteEveryMs = 30;
/** Upper bound for the headers of an event, with names and signature. */
const headerBytesMax = 500;
/** Consecutive failed sends before the relay releases its slots to relays that may reach Kafka. */
const failedSendsMax = 2;

type Batch = { readonly rows: readonly WaitingRow[]; readonly isFull: boolean };

export type OutboxRelayOptions = EventOrigin & {
  readonly db: Kysely<never>;
  readonly producer: EventProducer;
  readonly signatures: Pick<EventSignatures, "sign">;
  readonly log: Log;
  readonly leases: SlotLeases;
  readonly tracer?: Tracer;
  /** For metrics: called with events that Kafka has acknowledged. Must not throw. */
  readonly onPublished?: ((events: readonly WaitingRow[]) => void) | undefined;
  /** For crash tests: called with the point's name between two steps. */
  readonly faultPoint?: (name: string) => void | Promise<void>;
};

/**
 * Signs the events of the outbox and sends them to Kafka. It reads events that have a row in `waiting_events`, not by
 * offset, because rows become visible in another order than they were recorded. The row is deleted only after Kafka's
 * acknowledgement: a relay killed in between sends the event again, and consumers ignore it by their inbox. A relay that
 * can't reach Kafka releases its slots until Kafka responds.
 */
export function createOutboxRelay(options: OutboxRelayOptions) {
  const { db, producer, signatures, leases, log } = options;
  const { tracer = noTracer, faultPoint = () => {} } = options;
  let renewedAtMs = -Infinity;
  // consecutive; at `failedSendsMax` this relay holds no slots
  let failedSends = 0;
  let failedTopic = "";
  // reduced while Kafka rejects batches as too large
  let rowsMax = batchMax;
  // keys with an event that is too large for Kafka: later events of the key must not overtake it
  const refused = new Set<string>();
  let tryRefusedAtMs = Infinity;
  // acknowledged rows: those to delete next, and those of the delete in progress, still visible until it commits
  let acknowledged: WaitingRow[] = [];
  let deleting: readonly WaitingRow[] = [];
  let deleted: Promise<void> = Promise.resolve();
  let deletedAtMs = -Infinity;
  // aborted when rows are written after the last read began
  let woken = new AbortController();
  // the last run left no waiting row
  let isIdle = false;

  /** The oldest waiting events, without those that were acknowledged or are being sent. */
  async function read(slots: readonly number[], sending: readonly WaitingRow[] = []) {
    if (performance.now() >= tryRefusedAtMs) {
      refused.clear();
      tryRefusedAtMs = Infinity;
    }
    const except = [...deleting, ...acknowledged, ...sending];
    // order matters only within a slot: each slot gives up to twice its share, in case others have fewer rows
    const share = Math.min(rowsMax, Math.ceil((2 * rowsMax) / slots.length));
    const options = { except, exceptKeys: [...refused], share, limit: rowsMax };
    const { rows } = await waitingRows(slots, options).execute(db);
    return fitting(rows, share);
  }

  /** A topic's limit may be lower than ours: sends shrink down to single rows; a row that is too large alone is skipped. */
  function takeLess(rows: readonly WaitingRow[], error: unknown): void {
    rowsMax = Math.ceil(rows.length / 2);
    const [row] = rows;
    if (row === undefined || rows.length > 1) return;
    if (refused.size >= refusedMax) throw error;
    refused.add(row.key);
    tryRefusedAtMs = Math.min(tryRefusedAtMs, performance.now() + tryRefusedEveryMs);
    log.error(
      { topic: row.topic, key: row.key, version: row.version, bytes: bytesOf(row) },
      "Kafka rejects this event as too large: raise max.message.bytes of its topic. Events of this key wait, all others are sent",
    );
  }

  async function deleteWaiting(rows: readonly WaitingRow[]): Promise<void> {
    await deletionOf(rows).execute(db);
    await faultPoint("relay:deleted");
  }

  async function send(rows: readonly WaitingRow[]): Promise<void> {
    const spans = rows.map(({ topic, key, event_id: id, trace }) =>
      tracer(messageSpan("send", { topic, key, id, parent: trace ?? undefined })),
    );
    const events = rows.map((row, index) => {
      const { traceparent: trace } = spans[index] as Span;
      return signatures.sign(cloudEvent(row, { ...options, trace }));
    });
    try {
      await producer.send(events);
      for (const span of spans) span.end();
      failedSends = 0;
    } catch (error) {
      for (const span of spans) span.end(error);
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
      // Kafka responds, but sends may still fail: one more failure releases the slots again
      failedSends = failedSendsMax - 1;
      renewedAtMs = -Infinity;
    }
    try {
      return await publish();
    } catch (error) {
      if (failedSends >= failedSendsMax) {
        log[isStillStarting(error) ? "debug" : "warn"](
          { failedSends },
          "sends to Kafka fail: this relay's slots go to other relays until Kafka responds",
        );
        await leases.release();
      }
      throw error;
    }
  }

  async function publish(): Promise<number> {
    isIdle = false;
    if (performance.now() - renewedAtMs >= renewEveryMs) {
      await leases.renew();
      renewedAtMs = performance.now();
    }
    let published = 0;
    let next: Batch | undefined;
    try {
      for (;;) {
        const { slots, untilMs } = leases.held();
        if (slots.length === 0) return published;
        if (next === undefined && woken.signal.aborted) woken = new AbortController();
        const { rows, isFull }: Batch = next ?? (await read(slots));
        next = undefined;
        if (rows.length > 0) {
          await faultPoint("relay:read");
          // the lease must outlast Kafka's response: send only with time left for two sends
          if (untilMs - performance.now() < 2 * producer.sendLimitMs) return published;
          try {
            [next] = await Promise.all([isFull ? read(slots, rows) : undefined, send(rows)]);
          } catch (error) {
            if (!isTooLarge(error)) throw error;
            takeLess(rows, error);
            continue;
          }
          // grows slowly: a batch of the earlier size is likely to be too large again
          rowsMax = Math.min(batchMax, rowsMax + Math.ceil(rowsMax / 8));
          await faultPoint("relay:acknowledged");
          acknowledged.push(...rows);
          options.onPublished?.(rows);
          published += rows.length;
          if (performance.now() - deletedAtMs >= deleteEveryMs) {
            await deleted;
            deleting = acknowledged;
            acknowledged = [];
            deletedAtMs = performance.now();
            deleted = deleteWaiting(deleting);
            // awaited later; an error before that must not be an unhandled rejection
            deleted.catch(() => {});
          }
        }
        if (performance.now() - renewedAtMs >= renewEveryMs) return published;
        if (isFull) continue;
        if (published > 0) await pause(gatherMs);
        isIdle = !woken.signal.aborted;
        if (isIdle) return published;
      }
    } finally {
      const before = deleted;
      const rest = acknowledged;
      [deleted, deleting, acknowledged] = [Promise.resolve(), [], []];
      await before;
      if (rest.length > 0) await deleteWaiting(rest);
    }
  }

  const worker = createWorker({
    name: "outbox relay",
    runOnce: async () => ((await runOnce()) > 0 && !isIdle ? 1 : 0),
    idleMs: pollMs,
    log,
    isExpected: isStillStarting,
  });
  return {
    /** Publishes the waiting events and deletes their rows; returns how many it published. */
    runOnce,
    start: worker.start,
    /** Rows were written: reads now instead of at the next poll. */
    wake(): void {
      woken.abort();
      worker.wake();
    },
    /** Finishes the send in progress, then releases the slots. */
    async stop(): Promise<void> {
      await worker.stop();
      await leases.release();
    },
  };
}

/** The first rows, as many as fit into one send. `isFull`: more may wait, since rows were cut off or fill a share. */
function fitting(rows: readonly WaitingRow[], share: number): Batch {
  let bytes = 0;
  const tooMany = rows.findIndex((row) => (bytes += bytesOf(row)) > batchBytesMax);
  if (tooMany === -1) return { rows, isFull: rows.length >= share };
  return { rows: rows.slice(0, Math.max(1, tooMany)), isFull: true };
}

function bytesOf(row: WaitingRow): number {
  return Buffer.byteLength(row.value) + headerBytesMax;
}
