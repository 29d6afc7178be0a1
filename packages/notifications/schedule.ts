// Decides when a delivery is retried and whether its target is up: retry schedules and a circuit breaker, so that a target
// that is down gets single probes instead of a flood.
import { plusMs } from "@payflow/shared";

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const minutes = (...counts: readonly number[]) => counts.map((count) => count * minute);

/** The limits of one kind of target. */
type Channel = {
  /** The wait after each failed try. */
  readonly retryDelaysMs: readonly number[];
  /** The wait after each further try; without it there are no further tries. */
  readonly thenEveryMs?: number;
  /** Older deliveries are not sent any more. */
  readonly lifeMs?: number;
  /** Concurrent calls to one target, of all replicas together. */
  readonly callsMax: number;
  /** Whether a target is disabled when it is gone or fails for too long. */
  readonly turnsOff: boolean;
};

/** The schedule recommended by Standard Webhooks: ten tries in about three days. */
export const webhookChannel = {
  retryDelaysMs: [5 * second, ...minutes(5, 30, 120, 300, 600, 840, 1_200, 1_440)],
  callsMax: 10,
  turnsOff: true,
} satisfies Channel;

/** Greylisting servers accept a mail after 5 to 15 minutes; the mail server of one shop accepts few connections. */
export const mailChannel = {
  retryDelaysMs: minutes(1, 5, 15, 60, 180, 360),
  thenEveryMs: 720 * minute,
  lifeMs: 3 * day,
  callsMax: 5,
  turnsOff: false,
} satisfies Channel;

/** The longest `Retry-After` that is respected. */
const retryAfterMaxMs = day;

/** Consecutive failures after which a target counts as down: it gets one call at a time, after a pause. */
export const downAfter = 5;
const pauseFirstMs = 5 * second;
const pauseMaxMs = minute;
/** How long an endpoint may fail before it is disabled. */
export const failingMaxMs = 5 * day;

/** A delivery before a try, and the failures of its target. */
export type TriesSoFar = {
  readonly tries: number;
  /** Its creation, or the last resend by an operator. */
  readonly since: string;
  /** Consecutive failures of the target, over all its deliveries. */
  readonly failures: number;
  readonly failingSince: string | null;
};

/** The result of one call: a response with a status of HTTP or SMTP, or an error. */
export type TryResult = {
  readonly status: number | null;
  readonly error: string | null;
  /** The beginning of the response's body. */
  readonly response: string | null;
  readonly retryAfterMs?: number | undefined;
  /** Only this delivery was rejected, temporarily or permanently: the target itself works. */
  readonly refuses?: "now" | "for_good" | undefined;
  /** The target was not called, so nothing is known about it: the content is not available yet, or never again. */
  readonly unsent?: "now" | "for_good";
  /** The error of our own code; only for the log, because its text may quote an order. */
  readonly thrown?: unknown;
};

export type TryDecision = {
  readonly outcome: "delivered" | "retry" | "gave_up";
  /** The time of the next try; null once the delivery has ended. */
  readonly nextAt: string | null;
  /** Undefined: the try says nothing about the target. */
  readonly isUp: boolean | undefined;
  /** How long the target gets no calls, from now on. */
  readonly pauseMs: number;
  /** Why the target is disabled: status 410, or five days of failures. */
  readonly disable: "gone" | "failing" | null;
};

/** The concurrent calls that a target may get after this many consecutive failures. */
export function callsAtOnce(failures: number, { callsMax }: Pick<Channel, "callsMax">): number {
  return failures >= downAfter ? 1 : callsMax;
}

/** Only 2xx is a success. A redirect is a failure: it could lead to a private address and is not followed. */
const isSuccess = ({ status, error }: TryResult) =>
  error === null && status !== null && status >= 200 && status < 300;

/**
 * Decides what follows from a try. `before.tries` includes this try; `failures` and `failingSince` are the target's before
 * it; `random` is in [0, 1).
 */
export function decideTry(
  result: TryResult,
  before: TriesSoFar,
  moment: { readonly channel: Channel; readonly now: string; readonly random: number },
): TryDecision {
  const { channel, now } = moment;
  const failures = before.failures + 1;
  const isTaken = isSuccess(result) || result.refuses !== undefined;
  const isUp = result.unsent === undefined ? isTaken : undefined;
  const isDown = isUp === false && failures >= downAfter;
  const pauseMs = isDown ? Math.min(pauseFirstMs * 2 ** (failures - downAfter), pauseMaxMs) : 0;
  const isTooLong = plusMs(before.failingSince ?? now, failingMaxMs) <= now;
  const reason: TryDecision["disable"] =
    result.status === 410 ? "gone" : isTooLong ? "failing" : null;
  const ofTarget = { isUp, pauseMs, disable: isUp === false && channel.turnsOff ? reason : null };
  if (isSuccess(result)) return { ...ofTarget, outcome: "delivered", nextAt: null };
  const nextAt = nextTryAt(result, before, moment);
  return { ...ofTarget, outcome: nextAt === null ? "gave_up" : "retry", nextAt };
}

function nextTryAt(
  { refuses, unsent, retryAfterMs = 0 }: TryResult,
  { tries, since }: TriesSoFar,
  { channel, now, random }: Parameters<typeof decideTry>[2],
): string | null {
  const delayMs = channel.retryDelaysMs[tries - 1] ?? channel.thenEveryMs;
  if (delayMs === undefined || (unsent ?? refuses) === "for_good") return null;
  const waitMs = Math.max(delayMs, Math.min(retryAfterMs, retryAfterMaxMs));
  // jitter: deliveries that failed together must not be retried together
  const at = plusMs(now, Math.round(waitMs * (1 + random / 10)));
  return channel.lifeMs !== undefined && at > plusMs(since, channel.lifeMs) ? null : at;
}
