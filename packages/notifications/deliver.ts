import { plusMs } from "@payflow/shared";
import type { ClaimedDelivery, DeliveryQueue, EndedTry } from "./postgres_queue.ts";
import { decideTry, mailChannel, webhookChannel, type TryResult } from "./schedule.ts";

/** Sends one delivery. Rejects only when the signal is aborted or the database is unavailable. */
export type Send = (
  delivery: ClaimedDelivery,
  call: { readonly at: string; readonly signal: AbortSignal },
) => Promise<TryResult>;

/** Longer than a claim, the reading of a mail and its call take on a slow database: later the process counts as killed. */
export const claimMs = 120_000;

/**
 * Sends due deliveries. Calls run concurrently, and each target has a limit of concurrent calls, so a slow target delays
 * only its own deliveries. If a process is killed after a call and before the result is written, its claim expires and the
 * delivery is sent again under the same id.
 */
export function createDelivery(deps: {
  readonly queue: DeliveryQueue;
  readonly sendWebhook: Send;
  /** Undefined without a mail server: mails are kept but not sent. */
  readonly sendMail: Send | undefined;
  readonly now: () => string;
  readonly newId: () => string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly faultPoint: (name: string) => void | Promise<void>;
  /** Called when a call has ended, so that another can start. */
  readonly onEnded: (ended: EndedTry) => void;
  /** Called when the result of a call could not be written: the claim expires, and the delivery is sent again. */
  readonly onFault: (delivery: ClaimedDelivery, error: unknown) => void;
}) {
  const { queue, sendWebhook, sendMail, now, newId, random } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  const calls = new Map<Promise<void>, string>();
  let isUsed = false;

  async function deliver(claimId: string, delivery: ClaimedDelivery): Promise<void> {
    const isMail = delivery.url === null;
    const send = (isMail && sendMail) || sendWebhook;
    const startedAt = now();
    const startedMs = performance.now();
    try {
      const sent = await send(delivery, { at: startedAt, signal });
      const result = { ...sent, durationMs: Math.round(performance.now() - startedMs) };
      await deps.faultPoint("notification:sent");
      const endedAt = now();
      const before = { ...delivery, tries: delivery.tries + 1 };
      const channel = isMail ? mailChannel : webhookChannel;
      const decision = decideTry(result, before, { channel, now: endedAt, random: random() });
      const ended = { delivery, startedAt, endedAt, result, decision };
      await queue.end(claimId, ended);
      deps.onEnded(ended);
    } catch (error) {
      if (!signal.aborted) deps.onFault(delivery, error);
    }
  }

  return {
    /** Whether any target was enabled at the last run, so that a change may have deliveries. */
    isUsed: () => isUsed,
    /** Starts due deliveries; returns how many it started or deferred. */
    async runOnce(): Promise<number> {
      const claimId = newId();
      const at = now();
      const claim = { claimId, now: at, until: plusMs(at, claimMs), mails: sendMail !== undefined };
      const { claimed, putOff, isUsed: used } = await queue.claim(claim);
      isUsed = used;
      for (const delivery of claimed) {
        const call: Promise<void> = deliver(claimId, delivery).finally(() => calls.delete(call));
        calls.set(call, claimId);
      }
      return claimed.length + putOff;
    },
    /** Resolves when the current calls have ended. */
    settled: async () => void (await Promise.allSettled(calls.keys())),
    /** Waits `withinMs` for the current calls, then aborts them and releases their claims. */
    async stop(withinMs: number): Promise<void> {
      const late = setTimeout(() => stopping.abort(), withinMs);
      const claims = new Set(calls.values());
      await Promise.allSettled(calls.keys());
      clearTimeout(late);
      if (!signal.aborted) return;
      for (const claimId of claims) await queue.release(claimId, now());
    },
  };
}

/** The result of `work`; rejects with the signal's reason when the signal aborts first. */
export function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
