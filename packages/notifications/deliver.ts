import { plusMs } from "@payflow/shared";
import type { ClaimedDelivery, DeliveryQueue, EndedTry } from "./postgres_queue.ts";
import { decideTry, mailChannel, webhookChannel, type TryResult } from "./schedule.ts";

/** Sends one delivery; rejects only when the signal is aborted, or when what it has to read can't be read for now. */
export type Send = (
  delivery: ClaimedDelivery,
  call: { readonly at: string; readonly signal: AbortSignal },
) => Promise<TryResult>;

/** Longer than a claim, a mail's reading and its call may last on a slow database: whoever has not ended by then was killed. */
export const claimMs = 120_000;

/**
 * Sends what is due. Each call is a task of its own: a slow target holds up only what is meant for it, by the places that
 * it may take at once. A process that is killed after a call and before its end was written leaves a claim that runs out,
 * and the same delivery is sent again under the same id.
 */
export function createDelivery(deps: {
  readonly queue: DeliveryQueue;
  readonly sendWebhook: Send;
  /** Undefined where no mail server is set: mails are kept. */
  readonly sendMail: Send | undefined;
  readonly now: () => string;
  readonly newId: () => string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly faultPoint: (name: string) => void | Promise<void>;
  /** A call has ended, and there is room for another. */
  readonly onEnded: (ended: EndedTry) => void;
  /** What came of a call could not be written: the claim runs out, and it is sent again. */
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
    /** Whether a change may be of interest to a target, as it was known at the last run. */
    isUsed: () => isUsed,
    /** Begins what is due; returns how many it began or put off. */
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
    /** Resolves when the calls under way have ended. */
    settled: async () => void (await Promise.allSettled(calls.keys())),
    /** Waits so long for calls under way, then breaks them off and gives them back. */
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

/** What work comes to; rejects with the signal's reason when that aborts first. */
export function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
