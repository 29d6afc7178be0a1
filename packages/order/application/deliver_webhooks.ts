import { orderWebhookBody, plusMs } from "@payflow/shared";
import { decideTry, type TryDecision, type TryResult } from "../domain/webhook_delivery.ts";
import type { DisabledReason } from "../domain/webhook_endpoint.ts";

/** A delivery that this process calls its endpoint for now, and the endpoint as it was then. */
export type ClaimedDelivery = {
  readonly endpointId: string;
  readonly orderId: string;
  readonly version: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly tries: number;
  readonly url: string;
  /** One, or two while they are rotated. */
  readonly secrets: readonly string[];
  readonly failures: number;
  readonly failingSince: string | null;
  /** The event as it went to Kafka; null once it is no longer kept. */
  readonly event: string | null;
};

export type EndedTry = {
  readonly claim: { readonly claimId: string; readonly delivery: ClaimedDelivery };
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: TryResult;
  readonly decision: TryDecision;
};

export type WebhookQueue = {
  /**
   * Claims what is due, until `until`: as much for each endpoint as it may get at once, and of each order the oldest
   * event only. `deferred` are due deliveries that wait for an earlier event of their order.
   */
  claim(claim: {
    readonly claimId: string;
    readonly now: string;
    readonly until: string;
  }): Promise<{ readonly claimed: readonly ClaimedDelivery[]; readonly deferred: number }>;
  /** Writes what came of a try, by one statement: the delivery while the claim is its own, the endpoint in any case. */
  end(ended: EndedTry): Promise<void>;
  /** Gives back what was claimed and not sent. */
  release(claimId: string, now: string): Promise<void>;
  /** Whether there is an endpoint at all. */
  hasEndpoints(): Promise<boolean>;
};

/** Sends one webhook; rejects only when `signal` is aborted. */
export type SendWebhook = (
  webhook: {
    readonly url: string;
    readonly id: string;
    readonly timestamp: string;
    readonly body: string;
    readonly secrets: readonly string[];
  },
  signal: AbortSignal,
) => Promise<TryResult>;

/** Longer than a call may last: whoever has not ended a delivery by then was killed. */
export const claimMs = 60_000;

/**
 * Calls endpoints for what is due. Each call is a task of its own: a slow endpoint holds up only what is meant for it,
 * by the places that it may take at once. A process that is killed after a call and before its end was written leaves
 * a claim that runs out, and the same event is sent again under the same id.
 */
export function createWebhookDelivery(deps: {
  readonly queue: WebhookQueue;
  readonly send: SendWebhook;
  readonly now: () => string;
  readonly newId: () => string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly faultPoint: (name: string) => void | Promise<void>;
  /** A call has ended, and there is room for another. */
  readonly onEnded: (ended: Pick<EndedTry, "result" | "decision">) => void;
  readonly onDisabled: (endpointId: string, reason: DisabledReason) => void;
  /** What came of a call could not be written: the claim runs out, and it is sent again. */
  readonly onFault: (eventId: string, error: unknown) => void;
}) {
  const { queue, send, now, newId, random, faultPoint } = deps;
  const stopping = new AbortController();
  const calls = new Map<Promise<void>, string>();
  let isUsed = false;

  async function deliver(claimId: string, delivery: ClaimedDelivery): Promise<void> {
    const { url, eventId: id, secrets, event } = delivery;
    const startedAt = now();
    try {
      const result =
        event === null
          ? { status: null, error: "the event is no longer kept", response: null, durationMs: 0 }
          : await send(
              { url, id, timestamp: startedAt, body: orderWebhookBody(event), secrets },
              stopping.signal,
            );
      await faultPoint("webhook:sent");
      const endedAt = now();
      const before = { ...delivery, tries: delivery.tries + 1 };
      const decision = decideTry(result, before, { now: endedAt, random: random() });
      await queue.end({ claim: { claimId, delivery }, startedAt, endedAt, result, decision });
      deps.onEnded({ result, decision });
      if (decision.disable !== null) deps.onDisabled(delivery.endpointId, decision.disable);
    } catch (error) {
      if (!stopping.signal.aborted) deps.onFault(id, error);
    }
  }

  return {
    /** Whether a change may be of interest to an endpoint, as it was known at the last run. */
    isUsed: () => isUsed,
    /** Begins what is due; returns how many it began or put off. */
    async runOnce(): Promise<number> {
      isUsed = await queue.hasEndpoints();
      if (!isUsed) return 0;
      const claimId = newId();
      const at = now();
      const until = plusMs(at, claimMs);
      const { claimed, deferred } = await queue.claim({ claimId, now: at, until });
      for (const delivery of claimed) {
        const call: Promise<void> = deliver(claimId, delivery).finally(() => calls.delete(call));
        calls.set(call, claimId);
      }
      return claimed.length + deferred;
    },
    /** Resolves when the calls under way have ended. */
    settled: async () => void (await Promise.allSettled(calls.keys())),
    /** Waits so long for calls under way, then breaks them off and gives them back. */
    async stop(withinMs: number): Promise<void> {
      const late = setTimeout(() => stopping.abort(), withinMs);
      const claims = new Set(calls.values());
      await Promise.allSettled(calls.keys());
      clearTimeout(late);
      if (!stopping.signal.aborted) return;
      for (const claimId of claims) await queue.release(claimId, now());
    },
  };
}

/** When a delivery is due again; null once it has ended. */
export const retryAt = (endedAt: string, decision: TryDecision) =>
  decision.outcome === "retry" ? plusMs(endedAt, decision.retryInMs) : null;
