// When a delivery is tried again, and what a try says about its target: schedules, and a circuit breaker, so that a
// target that is down gets a probe now and then and no flood.
import { plusMs } from "@payflow/shared";

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const minutes = (...counts: readonly number[]) => counts.map((count) => count * minute);

/** How one kind of target is sent to. */
type Channel = {
  /** Waits after each failed try. */
  readonly retryDelaysMs: readonly number[];
  /** The wait after all later tries; without it there are none. */
  readonly thenEveryMs?: number;
  /** What is older is not sent any more. */
  readonly lifeMs?: number;
  /** Calls at once to one target, of all replicas together. */
  readonly callsMax: number;
  /** A target that is gone, or fails for too long, is turned off. */
  readonly turnsOff: boolean;
};

/** The schedule that Standard Webhooks recommends: ten tries in three days. */
export const webhookChannel = {
  retryDelaysMs: [5 * second, ...minutes(5, 30, 120, 300, 600, 840, 1_200, 1_440)],
  callsMax: 10,
  turnsOff: true,
} satisfies Channel;

/** Greylisting servers take a mail after five to fifteen minutes; a server of one shop takes few connections. */
export const mailChannel = {
  retryDelaysMs: minutes(1, 5, 15, 60, 180, 360),
  thenEveryMs: 720 * minute,
  lifeMs: 3 * day,
  callsMax: 5,
  turnsOff: false,
} satisfies Channel;

/** The longest wait that a response may wish for by `Retry-After`. */
const retryAfterMaxMs = day;

/** Failures in a row from which a target counts as down: it gets one call at a time, after a pause. */
export const downAfter = 5;
const pauseFirstMs = 5 * second;
const pauseMaxMs = minute;
/** So long an endpoint may fail before it is turned off. */
export const failingMaxMs = 5 * day;

/** A delivery before a try, and how its target is doing. */
export type TriesSoFar = {
  readonly tries: number;
  /** Since when it is to be sent: its creation, or when an operator had it sent again. */
  readonly since: string;
  /** In a row, of whatever deliveries. */
  readonly failures: number;
  readonly failingSince: string | null;
};

/** What one call came to: a response with a status, of HTTP or SMTP, or an error. */
export type TryResult = {
  readonly status: number | null;
  readonly error: string | null;
  /** The beginning of the response's body. */
  readonly response: string | null;
  readonly retryAfterMs?: number | undefined;
  /** This delivery alone was not taken, now or for good: the target itself works. */
  readonly refuses?: "now" | "for_good" | undefined;
  /** The target was not called, so how it does is as unknown as before: there is nothing to send yet, or ever again. */
  readonly unsent?: "now" | "for_good";
  /** Why our own part failed, for the log alone: its text may quote an order. */
  readonly thrown?: unknown;
};

export type TryDecision = {
  readonly outcome: "delivered" | "retry" | "gave_up";
  /** When it is tried again; null once it has ended. */
  readonly nextAt: string | null;
  /** Undefined: nothing was learnt of the target. */
  readonly isUp: boolean | undefined;
  /** What the target is to be spared, from now. */
  readonly pauseMs: number;
  /** Why it gets nothing more: its answer 410, or five days of failures. */
  readonly disable: "gone" | "failing" | null;
};

/** How many calls a target may get at once that has failed so often in a row. */
export function callsAtOnce(failures: number, { callsMax }: Pick<Channel, "callsMax">): number {
  return failures >= downAfter ? 1 : callsMax;
}

/** Only 2xx is a success: a redirect could lead anywhere, and is not followed. */
const isSuccess = ({ status, error }: TryResult) =>
  error === null && status !== null && status >= 200 && status < 300;

/**
 * What follows from a try. `tries` counts this one; `failures` and `failingSince` are the target's before it; `random` is
 * in [0, 1).
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
  const isTooLong =
    before.failingSince !== null && plusMs(before.failingSince, failingMaxMs) <= now;
  const failing = isTooLong ? ("failing" as const) : null;
  const reason = result.status === 410 ? ("gone" as const) : failing;
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
  // what failed together must not come back together
  const at = plusMs(now, Math.round(waitMs * (1 + random / 10)));
  return channel.lifeMs !== undefined && at > plusMs(since, channel.lifeMs) ? null : at;
}
