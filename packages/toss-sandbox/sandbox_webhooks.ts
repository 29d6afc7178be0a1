// Toss's webhook sender: a time-out of 10 seconds, only 200 is a success, and seven retries after
// 1, 4, 16 … 4096 minutes. `retryMinuteMs` sets the length of a minute. The queue is a table, so a
// restart sends the pending webhooks.

import * as v from "valibot";
import type { SandboxStore } from "./sandbox_store.ts";
import { newTransmissionId } from "./toss_ids.ts";
import { koreanSeconds } from "./toss_time.ts";

export const WebhookSwitches = v.strictObject({
  /** Extra copies of each event, with the same transmission id. */
  duplicate: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10))),
  delayMs: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600_000))),
  drop: v.exactOptional(v.boolean()),
  /** Holds an event until the payment's next event was sent. */
  reorder: v.exactOptional(v.boolean()),
  /** Share of events that the switches apply to, 0 to 1. */
  rate: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});
export type WebhookSwitches = v.InferOutput<typeof WebhookSwitches>;

export type WebhookEvent = {
  readonly paymentKey: string;
  readonly type: string;
  readonly body: string;
};

type Row = {
  readonly id: number;
  readonly transmission_id: string;
  readonly body: string;
  readonly attempts: number;
};

export type WebhookConfig = {
  readonly store: SandboxStore;
  readonly url: string | undefined;
  readonly retryMinuteMs: number;
  /** Default delay of an event; the switches override it. */
  readonly delayMs: number;
  /** The sandbox's clock, only for the transmission time in a header. */
  readonly now: () => number;
};

const answerWithinMs = 10_000;
const retriesMax = 7;
/** Parallel sends: enough for a storm on two cores, less than a receiver's backlog. */
const sendingMax = 16;
/** A held event is sent after this time when no second event follows. */
const heldMs = 1_000;
/**
 * An overtaken event is sent when the send of the overtaking one ends. A restart forgets that link;
 * then this delay applies.
 */
const behindMs = answerWithinMs + 1_000;
/** Number of newest events to keep; older ones are deleted unless they are pending. */
const keptMax = 50_000;

export type Webhooks = ReturnType<typeof createWebhooks>;

export function createWebhooks(config: WebhookConfig) {
  const { store } = config;
  const { database } = store;
  const insert = database.prepare<null, [string, string, string, string, string, number]>(
    `insert into webhooks (transmission_id, payment_key, event_type, body, state, next_at)
     values (?, ?, ?, ?, ?, ?)`,
  );
  const releaseHeld = database.prepare<null, [number, string, number]>(
    `update webhooks set next_at = ?
     where payment_key = ? and state = 'pending' and attempts = 0 and next_at > ?`,
  );
  const prune = database.prepare<null, [number]>(
    "delete from webhooks where id < ? and state <> 'pending'",
  );
  const due = database.prepare<Row, [number, number]>(
    `select id, transmission_id, body, attempts from webhooks
     where state = 'pending' and next_at <= ? order by next_at, id limit ?`,
  );
  const soonest = database.prepare<{ next_at: number }, [number]>(
    "select next_at from webhooks where state = 'pending' and next_at > ? order by next_at limit 1",
  );
  const settle = database.prepare<null, [string, number, number, number | null, number]>(
    "update webhooks set state = ?, attempts = ?, next_at = ?, last_status = ? where id = ?",
  );
  const page = database.prepare<Record<string, unknown>, [number, number]>(
    `select id, transmission_id as transmissionId, payment_key as paymentKey,
            event_type as eventType, state, attempts, next_at as nextAt,
            last_status as lastStatus, body
     from webhooks where id > ? order by id limit ?`,
  );
  const again = database.prepare<null, [number, number]>(
    "update webhooks set state = 'pending', attempts = 0, next_at = ? where id = ?",
  );

  let switches: WebhookSwitches = store.readSetting("webhookSwitches", {});
  const sending = new Map<number, Promise<void>>();
  /** From the id of an overtaking event to its paymentKey. */
  const overtaking = new Map<number, string>();
  const closing = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wakeAt = Infinity;

  /** Never postpones an earlier wake-up; otherwise constant traffic would delay it forever. */
  function wakeIn(ms: number): void {
    const at = Date.now() + ms;
    if (closing.signal.aborted || at >= wakeAt) return;
    clearTimeout(timer);
    wakeAt = at;
    timer = setTimeout(
      () => {
        wakeAt = Infinity;
        pump();
      },
      Math.min(ms, 2_147_483_647),
    );
  }

  function pump(): void {
    if (config.url === undefined || closing.signal.aborted) return;
    const now = Date.now();
    // Rows being sent are still pending and due, so read that many more.
    for (const row of due.all(now, sendingMax + sending.size)) {
      if (sending.size >= sendingMax) return; // the end of a send calls pump() again
      if (sending.has(row.id)) continue;
      const sent = send(row, config.url).finally(() => {
        sending.delete(row.id);
        wakeIn(0);
      });
      sending.set(row.id, sent);
    }
    const next = soonest.get(now);
    if (next !== null) wakeIn(next.next_at - now);
  }

  async function send(row: Row, url: string): Promise<void> {
    const status = await post(row, url);
    if (closing.signal.aborted) return; // still pending: sent again after a restart
    const attempts = row.attempts + 1;
    if (status === 200) settle.run("delivered", attempts, Date.now(), status, row.id);
    else if (attempts > retriesMax) settle.run("failed", attempts, Date.now(), status, row.id);
    else {
      const waitMs = Math.round(4 ** (attempts - 1) * config.retryMinuteMs);
      settle.run("pending", attempts, Date.now() + waitMs, status, row.id);
    }
    const paymentKey = overtaking.get(row.id);
    if (paymentKey === undefined) return;
    overtaking.delete(row.id);
    releaseHeld.run(Date.now(), paymentKey, Date.now());
  }

  /** The HTTP status; null after a time-out or a connection error. */
  async function post(row: Row, url: string): Promise<number | null> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "tosspayments-webhook-transmission-id": row.transmission_id,
          "tosspayments-webhook-transmission-time": koreanSeconds(config.now()),
          "tosspayments-webhook-transmission-retried-count": String(row.attempts),
        },
        body: row.body,
        redirect: "manual",
        // an HTTP proxy cannot reach a shop on localhost
        proxy: false,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(answerWithinMs)]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return null;
    }
  }

  wakeIn(0);

  return {
    /** Must run in the change's transaction; call `wake` after it. `own` replaces the switches. */
    enqueue(event: WebhookEvent, own?: WebhookSwitches): void {
      const now = Date.now();
      const chosen = own ?? (Math.random() < (switches.rate ?? 1) ? switches : {});
      const state = config.url === undefined || chosen.drop === true ? "dropped" : "pending";
      let at = now + (chosen.delayMs ?? config.delayMs);
      const overtakes =
        chosen.reorder === true &&
        releaseHeld.run(at + behindMs, event.paymentKey, now).changes > 0;
      if (chosen.reorder === true && !overtakes) at += heldMs;
      const transmissionId = newTransmissionId();
      for (let copy = 0; copy <= (chosen.duplicate ?? 0); copy++) {
        const { paymentKey, type, body } = event;
        const { lastInsertRowid } = insert.run(transmissionId, paymentKey, type, body, state, at);
        if (overtakes && copy === 0) overtaking.set(Number(lastInsertRowid), paymentKey);
        if (Number(lastInsertRowid) % 1000 === 0) prune.run(Number(lastInsertRowid) - keptMax);
      }
    },

    /** Call after the commit; sends the enqueued events. */
    wake(): void {
      wakeIn(0);
    },

    switches: () => switches,

    setSwitches(next: WebhookSwitches): void {
      switches = next;
      store.writeSetting("webhookSwitches", next);
    },

    list(after: number, limit: number) {
      return page.all(after, limit);
    },

    /** Like the button in Toss's developer centre. False when the event does not exist. */
    resend(id: number): boolean {
      const found = again.run(Date.now(), id).changes === 1;
      wakeIn(0);
      return found;
    },

    /** Unsent events stay in the table. */
    async close(): Promise<void> {
      closing.abort();
      clearTimeout(timer);
      await Promise.all(sending.values());
    },
  };
}
