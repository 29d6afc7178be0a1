import type { Random } from "./random.ts";
import { wasRefused } from "./replica.ts";
import { merchantKey, type StormStack } from "./storm_stack.ts";

export type Answer = {
  readonly status: number;
  readonly body: Record<string, unknown>;
};

/** What one person's calls need: they go to any replica, and are repeated politely while nobody can answer. */
export type StormClient = {
  call(
    path: string,
    options?: { body?: unknown; key?: string; isMerchant?: boolean },
  ): Promise<Answer | undefined>;
  sandbox(path: string, body?: unknown): Promise<Answer>;
};

/** After so long somebody gives up, and never hears what became of it. */
const patienceMs = 30_000;
const answerWithinMs = 15_000;

export function stormClient(
  stack: Pick<StormStack, "orderPorts" | "sandboxUrl">,
  random: Random,
  onStatus: (status: number) => void,
): StormClient {
  async function once(
    url: string,
    init: RequestInit,
  ): Promise<Answer & { readonly retryAfterMs: number }> {
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    const retryAfterMs = Number(response.headers.get("Retry-After") ?? 0) * 1e3;
    const body = text.startsWith("{") ? JSON.parse(text) : {};
    return { status: response.status, body, retryAfterMs };
  }

  return {
    async call(path, { body, key, isMerchant } = {}) {
      const headers = new Headers({ "Content-Type": "application/json" });
      if (key !== undefined) headers.set("Idempotency-Key", key);
      if (isMerchant) headers.set("Authorization", `Bearer ${merchantKey}`);
      const init: RequestInit =
        body === undefined
          ? { headers }
          : { method: "POST", headers, body: JSON.stringify(body) };
      const giveUpAt = performance.now() + patienceMs;
      let port = random.pick(stack.orderPorts);
      for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 1_000)) {
        try {
          const answer = await once(`http://127.0.0.1:${port}${path}`, init);
          onStatus(answer.status);
          if (answer.status < 500 && answer.status !== 429) return answer;
        } catch (error) {
          onStatus(0);
          if (wasRefused(error)) waitMs = 50;
        }
        port = random.pick(stack.orderPorts.filter((each) => each !== port));
        if (performance.now() > giveUpAt) return undefined;
        await Bun.sleep(waitMs);
      }
    },
    async sandbox(path, body) {
      const headers = { "Content-Type": "application/json" };
      return await once(
        `${stack.sandboxUrl}${path}`,
        body === undefined
          ? {}
          : { method: "POST", headers, body: JSON.stringify(body) },
      );
    },
  };
}
