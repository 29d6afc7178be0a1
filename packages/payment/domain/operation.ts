import { plusMs, type PaymentFailure } from "@payflow/shared";
import type { Refusal } from "./charge.ts";
import type { Moment } from "./psp.ts";

/**
 * One call that moves money. It is stored before it is sent; once sent, only a response of the PSP ends it. REQUESTED:
 * stored, perhaps sent. UNKNOWN: the outcome is open. Any other status: ended.
 */
export type Operation = {
  readonly status: string;
  /** The key of the next call; renewed after a response that the PSP would only repeat. */
  readonly idempotencyKey: string;
  /** Number of calls; incremented before each call is sent. */
  readonly sends: number;
  /** Number of calls under the current key that got no response. */
  readonly unanswered: number;
  readonly firstSentAt: string;
  readonly lastSentAt: string;
  /** Scheduled queries and calls without progress since the last status change; the back-off grows with it. */
  readonly checks: number;
  /** When the next query or call is due; null: never. */
  readonly nextAt: string | null;
  /** Why it ended without money, or the PSP's last error while the outcome is open. */
  readonly failure: PaymentFailure | null;
  /** The PSP has refused. This counts only once no earlier call can take effect (see `refusalCounts`). */
  readonly refusalPending: boolean;
};

/** A call that moves money, or closes an account. */
export type Call =
  | { readonly kind: "confirm" | "cancel"; readonly paymentKey: string }
  | { readonly kind: "refund"; readonly paymentKey: string; readonly key: string };

/** `final`: refusals that end an operation sent once. `pending`: refusals that end it when a query shows no effect. */
type Rules = {
  readonly final: readonly Refusal["kind"][];
  readonly pending: readonly Refusal["kind"][];
  /** A pending refusal of a resent call counts once the confirm window after this time is over. */
  readonly pendingSince: "firstSentAt" | "lastSentAt";
};

/** The PSP's confirm window starts before the first call. After `session_gone` the payment may still be approved. */
export const confirmRules: Rules = {
  final: ["declined"],
  pending: ["declined", "session_gone", "refused"],
  pendingSince: "firstSentAt",
};
export const refundRules: Rules = {
  final: ["declined", "moved"],
  pending: ["declined", "moved"],
  pendingSince: "lastSentAt",
};

/** The intent to send a call for the first time. */
export function started(idempotencyKey: string, { now, reconcileAfterMs }: Moment) {
  return {
    status: "REQUESTED",
    idempotencyKey,
    sends: 1,
    unanswered: 1,
    firstSentAt: now,
    lastSentAt: now,
    checks: 0,
    nextAt: plusMs(now, reconcileAfterMs),
    failure: null,
    refusalPending: false,
  } as const;
}

/** The intent to send the call once more, under its current key. */
export function resent<O extends Operation>(op: O, moment: Moment): O {
  const { now, reconcileAfterMs } = moment;
  return {
    // without a query before it, the resend itself is the scheduled check
    ...checked(op, moment),
    status: "REQUESTED",
    sends: op.sends + 1,
    unanswered: op.unanswered + 1,
    lastSentAt: now,
    nextAt: plusMs(now, reconcileAfterMs),
  };
}

/** The operation after a response that shows no effect, or after no response; DECLINED if that ends it. */
export function answered<O extends Operation>(
  op: O,
  answer: Refusal,
  { rules, moment }: { readonly rules: Rules; readonly moment: Moment },
): O {
  const failure = failureOf(answer);
  if (op.sends === 1 && rules.final.includes(answer.kind))
    return { ...op, status: "DECLINED", failure };
  const waitMs = op.sends === 1 ? moment.reconcileAfterMs : backOffMs(op.checks);
  return {
    ...op,
    status: "UNKNOWN",
    failure,
    refusalPending: op.refusalPending || rules.pending.includes(answer.kind),
    // a call without a response is repeated under the same key
    ...(isAnswered(answer) ? { idempotencyKey: moment.newId(), unanswered: 0 } : {}),
    nextAt: plusMs(moment.now, waitMs),
  };
}

/** True for a response that the PSP would only repeat under the same idempotency key. */
export function isAnswered(answer: Refusal): boolean {
  return answer.kind !== "unknown" || answer.answered;
}

/**
 * The schedule after a query or a call that brought nothing new. Webhook-triggered queries must not postpone scheduled
 * ones, since anyone can post a webhook.
 */
export function checked<O extends Operation>(op: O, { now }: Moment): O {
  if (op.nextAt !== null && op.nextAt > now) return op;
  const checks = op.checks + 1;
  return { ...op, checks, nextAt: plusMs(now, backOffMs(checks)) };
}

/** The schedule after a query without a response: it is repeated soon, and an earlier scheduled query stays. */
export function afterNoResponse<O extends Operation>(op: O, { now }: Moment): O {
  const isEarly = op.nextAt !== null && op.nextAt > now;
  const nextAt = plusMs(now, isEarly ? backOffMs(0) : silenceMs(op.lastSentAt, now));
  return isEarly && op.nextAt <= nextAt ? op : { ...op, nextAt };
}

export function isOpen({ status }: Pick<Operation, "status">): boolean {
  return status === "REQUESTED" || status === "UNKNOWN";
}

/** True if a pending refusal ends the operation; to be called after a query showed no effect of the call. */
export function refusalCounts(op: Operation, rules: Rules, { now, psp }: Moment): boolean {
  const isOver = now >= plusMs(op[rules.pendingSince], psp.confirmWindowMs);
  return op.refusalPending && (op.sends === 1 || isOver);
}

/** True when no call can be under way and no refusal is pending. */
export function mayResend(op: Operation, moment: Moment): boolean {
  if (op.refusalPending) return false;
  return op.status === "UNKNOWN" || (op.status === "REQUESTED" && isCallOver(op, moment));
}

/** True when the last call must have ended, even if the process that sent it crashed. */
export function isCallOver(op: Operation, { now, callLimitMs }: Moment): boolean {
  return now >= plusMs(op.lastSentAt, callLimitMs + 5_000);
}

/** True while a resend gets the missing response and cannot take effect twice. */
export function isKeyKept(op: Operation, { now, psp }: Moment): boolean {
  return op.unanswered > 0 && now < plusMs(op.firstSentAt, psp.idempotencyKeepsMs);
}

export function failureOf({ code, message }: PaymentFailure): PaymentFailure {
  return { code, message };
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A query without a response shows nothing about the payment: it does not count as a check and is repeated soon. */
function silenceMs(lastSentAt: string, now: string): number {
  const sinceMs = Date.parse(now) - Date.parse(lastSentAt);
  return Math.min(30 * second, Math.max(5 * second, sinceMs / 2));
}

const repeated: readonly (readonly [count: number, waitMs: number])[] = [
  [1, 5 * second],
  [1, 10 * second],
  [1, 15 * second],
  [1, 20 * second],
  [30, 30 * second],
  [9, 5 * minute],
  [23, hour],
  [5, day],
];

const waits = repeated.flatMap(([count, waitMs]) => Array.from({ length: count }, () => waitMs));

/** After this many checks without an outcome, manual review is needed; the PSP is still queried once a day. */
export const checksBeforeReview = waits.length;

/** Wait before the check number `checks + 1`. */
export function backOffMs(checks: number): number {
  return waits[checks] ?? day;
}
