import { setTimeout as timeout } from "node:timers/promises";

/** Resolves after `ms`, or at once when the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  // only an abort rejects
  await timeout(ms, undefined, signal && { signal }).catch(() => {});
}

/** Settles as `pending` does; rejects with `late()` after `limitMs`. */
export function within<T>(
  pending: PromiseLike<T>,
  limitMs: number,
  late: () => Error = () => new Error(`It took longer than ${limitMs} ms`),
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limitMs);
    pending.then(
      (result) => (clearTimeout(timer), resolve(result)),
      (error: unknown) => (clearTimeout(timer), reject(error)),
    );
  });
}

/** Exponential back-off with jitter (up to half), so that callers that failed together do not retry together. */
export function backoffMs(attempt: number, limits: { firstMs: number; maxMs: number }): number {
  const full = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (Math.random() * full) / 2;
}
