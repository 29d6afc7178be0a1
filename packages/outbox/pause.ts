import { setTimeout } from "node:timers/promises";

/** Resolves after `ms`, or at once when the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  // only an abort rejects
  await setTimeout(ms, undefined, signal && { signal }).catch(() => {});
}

/** Doubling waits with jitter (up to half), so that callers that failed together do not retry together. */
export function backoffMs(attempt: number, limits: { firstMs: number; maxMs: number }): number {
  const full = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (Math.random() * full) / 2;
}
