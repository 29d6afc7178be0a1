import { plusMs, type PaymentFailure } from "@payflow/shared";
import type { Refusal } from "./charge.ts";
import type { Moment } from "./psp.ts";

/**
 * One call that moves money, from its stored intent to its known end. It is stored before it is sent, and once sent it
 * ends only by what the PSP says. REQUESTED: stored, perhaps sent. UNKNOWN: the outcome is open. Any other: it ended.
 */
export type Operation = {
  readonly status: string;
  /** Under which the next call goes out; a new one after a response that the PSP would only repeat. */
  readonly idempotencyKey: string;
  /** Calls sent, or about to be: counted before each is. */
  readonly sends: number;
  /** Of these, under the present key and without a response. */
  readonly unanswered: number;
  readonly firstSentAt: string;
  readonly lastSentAt: string;
  /** Scheduled queries or calls without progress since the status last changed: the back-off grows with it. */
  readonly checks: number;
  /** When something is due for it; null: nothing, ever again. */
  readonly nextAt: string | null;
  /** Why it ended without money, or what the PSP said last while the outcome is open. */
  readonly failure: PaymentFailure | null;
  /** The PSP has refused, which counts only once nothing sent earlier can take effect (see `refusalCounts`). */
  readonly refusalPending: boolean;
};

/** A call that moves money, or closes an account. */
export type Call =
  | { readonly kind: "confirm" | "cancel"; readonly paymentKey: string }
  | { readonly kind: "refund"; readonly paymentKey: string; readonly key: string };

/** How operations differ. `final`: ends an only call at once. `pending`: ends it when a query then shows no effect. */
type Rules = {
  readonly final: readonly Refusal["kind"][];
  readonly pending: readonly Refusal["kind"][];
  /** A refusal counts the confirm window after this. */
  readonly pendingSince: "firstSentAt" | "lastSentAt";
};

/** The PSP's window for a confirm begins before the first call; a session that is gone may have been approved. */
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

/** The intent to send it once more, under the key that it has by now. */
export function resent<O extends Operation>(op: O, moment: Moment): O {
  const { now, reconcileAfterMs } = moment;
  return {
    // one that no query preceded is due itself
    ...checked(op, moment),
    status: "REQUESTED",
    sends: op.sends + 1,
    unanswered: op.unanswered + 1,
    lastSentAt: now,
    nextAt: plusMs(now, reconcileAfterMs),
  };
}

/** The operation after a response that shows no effect, or after none; DECLINED when that is its end. */
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
    // a missing response is asked for under the same key
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

/** The schedule after a query without a response: it is repeated soon, and takes nothing from what is due. */
export function unheard<O extends Operation>(op: O, { now }: Moment): O {
  const isEarly = op.nextAt !== null && op.nextAt > now;
  const nextAt = plusMs(now, isEarly ? backOffMs(0) : silenceMs(op.lastSentAt, now));
  return isEarly && op.nextAt <= nextAt ? op : { ...op, nextAt };
}

export function isOpen({ status }: Pick<Operation, "status">): boolean {
  return status === "REQUESTED" || status === "UNKNOWN";
}

/** Whether a refusal is the end, given that a query has just shown no effect of the call. */
export function refusalCounts(op: Operation, rules: Rules, { now, psp }: Moment): boolean {
  const isOver = now >= plusMs(op[rules.pendingSince], psp.confirmWindowMs);
  return op.refusalPending && (op.sends === 1 || isOver);
}

/** True when no call can be under way any more, and none that was refused is waited for. */
export function mayResend(op: Operation, moment: Moment): boolean {
  if (op.refusalPending) return false;
  return op.status === "UNKNOWN" || (op.status === "REQUESTED" && isCallOver(op, moment));
}

/** True when its last call has ended, whatever became of the process that sent it. */
export function isCallOver(op: Operation, { now, callLimitMs }: Moment): boolean {
  return now >= plusMs(op.lastSentAt, callLimitMs + 5_000);
}

/** True while a resend brings the response that is missing, and can't be done a second time. */
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

/** No response says nothing of the payment, so it does not count as a check and is repeated soon. */
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

/** After so many checks without an end it needs manual review; the PSP is queried once a day all the same. */
export const checksBeforeReview = waits.length;

/** Wait before the check number `checks + 1`. */
export function backOffMs(checks: number): number {
  return waits[checks] ?? day;
}
