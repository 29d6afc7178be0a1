// When an event is tried again at an endpoint, and what a try says about the endpoint: the schedule that Standard
// Webhooks recommends, and a circuit breaker, so that an endpoint that is down gets a probe now and then and no flood.
import { isFailingTooLong, type DisabledReason } from "./webhook_endpoint.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits after each failed try but the last: ten tries in three days. */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
export const triesMax = retryDelaysMs.length + 1;

/** Of a wait, added at random: what failed together must not come back together. */
const jitterShare = 0.1;
/** The longest wait that a response may wish for by `Retry-After`. */
const retryAfterMaxMs = 24 * hour;

/** Calls at once to one endpoint, of all replicas together. */
export const callsMax = 10;
/** Failures in a row from which an endpoint counts as down: it gets one call at a time, after a pause. */
export const downAfter = 5;
const pauseFirstMs = 5 * second;
const pauseMaxMs = minute;

/** What one call came to: a response with a status, or an error without one. */
export type TryResult = {
  readonly status: number | null;
  readonly error: string | null;
  /** The beginning of the response's body. */
  readonly response: string | null;
  readonly durationMs: number;
  readonly retryAfterMs?: number | undefined;
};

export type TryDecision = {
  readonly outcome: "delivered" | "retry" | "gave_up";
  /** When a delivery that is to be retried is due, from now. */
  readonly retryInMs: number;
  /** What the endpoint is to be spared, from now. */
  readonly pauseMs: number;
  readonly disable: Exclude<DisabledReason, "operator"> | null;
};

/** How many calls an endpoint may get at once that has failed so often in a row. */
export function callsAtOnce(failures: number): number {
  return failures >= downAfter ? 1 : callsMax;
}

/** Only 2xx is a success: a redirect could lead anywhere, and is not followed. */
export const isSuccess = ({ status }: TryResult) =>
  status !== null && status >= 200 && status < 300;

/**
 * What follows from a try. `tries` counts this one; `failures` and `failingSince` are the endpoint's before it; `random`
 * is in [0, 1).
 */
export function decideTry(
  result: TryResult,
  before: {
    readonly tries: number;
    readonly failures: number;
    readonly failingSince: string | null;
  },
  { now, random }: { readonly now: string; readonly random: number },
): TryDecision {
  if (isSuccess(result)) return { outcome: "delivered", retryInMs: 0, pauseMs: 0, disable: null };
  const failures = before.failures + 1;
  const disable =
    result.status === 410 ? "gone" : isFailingTooLong(before.failingSince, now) ? "failing" : null;
  const pauseMs = failures >= downAfter ? downPauseMs(failures) : 0;
  const delayMs = retryDelaysMs[before.tries - 1];
  if (delayMs === undefined) return { outcome: "gave_up", retryInMs: 0, pauseMs, disable };
  const wishedMs = Math.min(result.retryAfterMs ?? 0, retryAfterMaxMs);
  const retryInMs = Math.max(delayMs, wishedMs) * (1 + jitterShare * random);
  return { outcome: "retry", retryInMs: Math.round(retryInMs), pauseMs, disable };
}

function downPauseMs(failures: number): number {
  return Math.min(pauseFirstMs * 2 ** Math.min(failures - downAfter, 10), pauseMaxMs);
}
