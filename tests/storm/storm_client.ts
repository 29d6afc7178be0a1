import { judge, paymentTruth, type Answer, type Requested } from "./judge.ts";
import type { Random } from "./random.ts";
import { wasRefused } from "./replica.ts";
import { steadily } from "./steadily.ts";
import { merchantKey, type StormStack } from "./storm_stack.ts";
import type { Blame } from "./violation.ts";

/** One shopper's HTTP client: it calls any replica, and retries with back-off while none responds. */
export type StormClient = {
  call(
    path: string,
    options?: { body?: unknown; key?: string; isMerchant?: boolean },
  ): Promise<Answer | undefined>;
  sandbox(path: string, body?: unknown): Promise<Answer>;
  /** Compares a response with the payment's row just after it. */
  judge(orderId: string, requested: Requested, answer: Answer): Promise<void>;
  /** True when a restore of order's database lost this order. */
  isForgotten(orderId: string): Promise<boolean>;
  /** Makes an unpaid order expire now. */
  endTimeOf(orderId: string): Promise<void>;
};

/** Then the client gives up without an outcome. Much longer than any outage of the storm. */
const patienceMs = 120_000;
const answerWithinMs = 20_000;

export function stormClient(
  stack: Pick<StormStack, "orders" | "sandboxUrl" | "pools" | "losses">,
  options: {
    readonly random: Random;
    readonly blame: Blame;
    readonly onJudged: () => void;
    readonly onStatus: (status: number) => void;
  },
): StormClient {
  const { random, blame, onJudged, onStatus } = options;

  /** Avoids the last port and replicas known to hang, if there are others: a shopper would reload the page. */
  function pickPort(except?: number): number {
    const others = stack.orders.filter(({ port }) => port !== except);
    const awake = others.filter(({ isPaused }) => !isPaused());
    return random.pick(awake.length > 0 ? awake : others).port;
  }

  async function isForgotten(orderId: string): Promise<boolean> {
    await stack.losses.known();
    return stack.losses.orders.has(orderId);
  }

  async function once(
    url: string,
    init: RequestInit,
  ): Promise<Answer & { readonly retryAfterMs: number }> {
    const sentAtMs = Date.now();
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMs) });
    const text = await response.text();
    const retryAfterMs = Number(response.headers.get("Retry-After") ?? 0) * 1e3;
    const body = text.startsWith("{") ? JSON.parse(text) : {};
    return { sentAtMs, status: response.status, body, retryAfterMs };
  }

  return {
    async call(path, { body, key, isMerchant } = {}) {
      const headers = new Headers({ "Content-Type": "application/json" });
      if (key !== undefined) headers.set("Idempotency-Key", key);
      if (isMerchant) headers.set("Authorization", `Bearer ${merchantKey}`);
      const init: RequestInit =
        body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
      const giveUpAt = performance.now() + patienceMs;
      let port = pickPort();
      for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 1_000)) {
        try {
          const answer = await once(`http://127.0.0.1:${port}${path}`, init);
          onStatus(answer.status);
          if (answer.status < 500 && answer.status !== 429) return answer;
        } catch (error) {
          onStatus(0);
          if (wasRefused(error)) waitMs = 50;
        }
        port = pickPort(port);
        if (performance.now() > giveUpAt) return undefined;
        await Bun.sleep(waitMs);
      }
    },
    async sandbox(path, body) {
      const headers = { "Content-Type": "application/json" };
      return await once(
        `${stack.sandboxUrl}${path}`,
        body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) },
      );
    },
    async judge(orderId, requested, answer) {
      const truth = await paymentTruth(stack.pools.payment, { orderId, ...answer });
      const lie = judge(requested, answer, truth);
      // a payment that a restore lost cannot be compared here; the final audit compares it with Toss
      await stack.losses.known();
      if (lie !== undefined && stack.losses.payments.has(orderId)) return;
      onJudged();
      if (lie === undefined) return;
      const isGone = answer.status === 404 && (await isForgotten(orderId));
      if (!isGone) blame(`lie: ${lie}`, orderId);
    },
    isForgotten,
    async endTimeOf(orderId) {
      // the payment service decides whether an order has expired
      await steadily(
        () => stack.pools.payment`
          update payments set expires_at = now(), next_at = now() where id = ${orderId} and status = 'READY'`,
      );
    },
  };
}
