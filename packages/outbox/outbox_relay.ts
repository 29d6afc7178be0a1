import type { Kysely } from "kysely";
import { createWorker, pause, type Log } from "@payflow/database";
import type { EventSignatures } from "./event_signature.ts";
import { cloudEvent, isStillStarting, isTooLarge } from "./kafka.ts";
import type { EventOrigin, EventProducer } from "./kafka.ts";
import { leaseTtlMs, type SlotLeases } from "./slot_leases.ts";
import { deletionOf, waitingRows, type WaitingRow } from "./waiting_events.ts";

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
/** One statement deletes from `waiting_events` what was acknowledged in this time; a crash sends it again. */
const markEveryMs = 30;
/** More than the headers of an event have, names and signature included. */
const headerBytesMax = 500;
/** Sends that fail one after the other before the slots go to relays that may reach Kafka. */
const failedSendsMax = 2;

type Batch = { readonly rows: readonly WaitingRow[]; readonly isFull: boolean };

export type OutboxRelayOptions = EventOrigin & {
  readonly db: Kysely<never>;
  readonly producer: EventProducer;
  readonly signatures: Pick<EventSignatures, "sign">;
  readonly log: Log;
  readonly leases: SlotLeases;
  /** For metrics: events that Kafka has acknowledged. Must not throw. */
  readonly onPublished?: ((events: readonly WaitingRow[]) => void) | undefined;
  /** For tests of a crash: called with a point's name between two steps. */
  readonly faultPoint?: (name: string) => void | Promise<void>;
};

/**
 * Moves the outbox to Kafka, each event signed. Events are taken while they have a row in `waiting_events`, never by an
 * offset, since rows become visible in another order than they were recorded. That row is deleted after Kafka's
 * acknowledgement only: a relay killed between the two sends the event again, and readers' inboxes know it by then. A relay
 * that can't reach Kafka gives its slots back until Kafka answers it.
 */
export function createOutboxRelay(options: OutboxRelayOptions) {
  const { db, producer, signatures, leases, log, faultPoint = () => {} } = options;
  let renewedAtMs = -Infinity;
  // in a row; at `failedSendsMax` this relay holds no slots
  let failedSends = 0;
  let failedTopic = "";
  // fewer while Kafka finds a batch too large
  let rowsMax = batchMax;
  // keys of single events that Kafka found too large: their later ones must not overtake them
  const refused = new Set<string>();
  let tryRefusedAtMs = Infinity;
  // acknowledged rows: to be marked, and those whose mark is under way, which wait until it has committed
  let acknowledged: WaitingRow[] = [];
  let marking: readonly WaitingRow[] = [];
  let marked: Promise<void> = Promise.resolve();
  let markedAtMs = -Infinity;
  // aborted when rows are written after the last read began
  let woken = new AbortController();
  // the last run has read all there was
  let isIdle = false;

  /** The oldest events that wait, without those that were acknowledged and those that are being sent. */
  async function read(slots: readonly number[], sending: readonly WaitingRow[] = []) {
    if (performance.now() >= tryRefusedAtMs) {
      refused.clear();
      tryRefusedAtMs = Infinity;
    }
    const except = [...marking, ...acknowledged, ...sending];
    // order matters within a slot alone: each gives its share, and twice that, for when others have less
    const share = Math.min(rowsMax, Math.ceil((2 * rowsMax) / slots.length));
    const options = { except, exceptKeys: [...refused], share, limit: rowsMax };
    const { rows } = await waitingRows(slots, options).execute(db);
    return fitting(rows, share);
  }

  /** A topic's limit may be lower than ours: sends shrink to single rows, and what is too large alone waits apart. */
  function takeLess(rows: readonly WaitingRow[], error: unknown): void {
    rowsMax = Math.ceil(rows.length / 2);
    const [row] = rows;
    if (row === undefined || rows.length > 1) return;
    if (refused.size >= refusedMax) throw error;
    refused.add(row.key);
    tryRefusedAtMs = Math.min(tryRefusedAtMs, performance.now() + tryRefusedEveryMs);
    log.error(
      { topic: row.topic, key: row.key, version: row.version, bytes: bytesOf(row) },
      "Kafka takes no event as large as this one: raise max.message.bytes of its topic. This key's events wait, all others go on",
    );
  }

  async function mark(rows: readonly WaitingRow[]): Promise<void> {
    await deletionOf(rows).execute(db);
    await faultPoint("relay:marked");
  }

  async function send(rows: readonly WaitingRow[]): Promise<void> {
    try {
      await producer.send(rows.map((row) => signatures.sign(cloudEvent(row, options))));
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
          // a lease may end while Kafka thinks: send only with time for two sends left
          if (untilMs - performance.now() < 2 * producer.sendLimitMs) return published;
          try {
            [next] = await Promise.all([isFull ? read(slots, rows) : undefined, send(rows)]);
          } catch (error) {
            if (!isTooLarge(error)) throw error;
            takeLess(rows, error);
            continue;
          }
          // slowly up again: what was too large once is likely to be so soon
          rowsMax = Math.min(batchMax, rowsMax + Math.ceil(rowsMax / 8));
          await faultPoint("relay:acknowledged");
          acknowledged.push(...rows);
          options.onPublished?.(rows);
          published += rows.length;
          if (performance.now() - markedAtMs >= markEveryMs) {
            await marked;
            marking = acknowledged;
            acknowledged = [];
            markedAtMs = performance.now();
            marked = mark(marking);
            // seen by whoever waits for it; without this a fault in between counts as unhandled
            marked.catch(() => {});
          }
        }
        if (performance.now() - renewedAtMs >= renewEveryMs) return published;
        if (isFull) continue;
        // what comes until the next mark is due is sent at once, and marked together
        const restMs = published > 0 ? markedAtMs + markEveryMs - performance.now() : 0;
        if (restMs > 0) await pause(restMs, woken.signal);
        isIdle = !woken.signal.aborted;
        if (isIdle) return published;
      }
    } finally {
      const before = marked;
      const rest = acknowledged;
      [marked, marking, acknowledged] = [Promise.resolve(), [], []];
      await before;
      if (rest.length > 0) await mark(rest);
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
    /** Sends and marks what waits; returns how many rows it published. */
    runOnce,
    start: worker.start,
    /** Rows have been written: look now. */
    wake(): void {
      woken.abort();
      worker.wake();
    },
    /** Ends the send under way and gives the slots to others. */
    async stop(): Promise<void> {
      await worker.stop();
      await leases.release();
    },
  };
}

/** As many of the rows, from the first on, as one send may carry; there may be more when a slot gave its whole share. */
function fitting(rows: readonly WaitingRow[], share: number): Batch {
  let bytes = 0;
  const tooMany = rows.findIndex((row) => (bytes += bytesOf(row)) > batchBytesMax);
  if (tooMany === -1) return { rows, isFull: rows.length >= share };
  return { rows: rows.slice(0, Math.max(1, tooMany)), isFull: true };
}

function bytesOf(row: WaitingRow): number {
  return Buffer.byteLength(row.value) + headerBytesMax;
}
