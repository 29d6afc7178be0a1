import type { PaymentFailure } from "@payflow/shared";
import type { RefundAccount } from "./refund.ts";

/**
 * One paymentKey's way. REQUESTED: its confirm is stored and perhaps sent. UNKNOWN: an answer is missing. DECLINED:
 * no money moved. VOIDING: an approval that must go back. An attempt that was sent ends only by what Toss says.
 */
export type AttemptStatus =
  "REQUESTED" | "UNKNOWN" | "APPROVED" | "WAITING_FOR_DEPOSIT" | "DECLINED" | "VOIDING" | "VOIDED";

export type Attempt = {
  readonly paymentKey: string;
  readonly status: AttemptStatus;
  /** Under which the next confirm goes out; a new one after an answer that Toss would only repeat. */
  readonly idempotencyKey: string;
  /** Confirms sent, or about to be: counted before each is. */
  readonly posts: number;
  readonly firstPostAt: string;
  readonly lastPostAt: string;
  /** Questions asked since the outcome became unknown. */
  readonly asks: number;
  /** How many queries in a row Toss has answered by "no such payment". */
  readonly missing: number;
  /** When something is due for this attempt: a question, a repeated confirm, a cancel. Null: nothing ever again. */
  readonly nextAt: string | null;
  /** Why it ended without money, or what Toss said last while that is open. */
  readonly failure: PaymentFailure | null;
  /**
   * Toss has refused, but that counts only when a question then shows no approval (see `refusalCounts`). Of one that is
   * VOIDED: Toss would not cancel its account, into which nobody can pay any more.
   */
  readonly doubtfulRefusal: boolean;
  /** Toss's `secret` of this payment, once it has told; a note of a deposit must carry it. */
  readonly secret: string | null;
  /** The stored intent to send an approval back. */
  readonly voiding: Voiding | null;
};

export type Voiding = {
  readonly idempotencyKey: string;
  readonly reason: string;
  /** What Toss took by this attempt; 0 while an account only waits. */
  readonly amount: number;
  /** Money came by a deposit: Toss can only return it to an account that the shopper names. */
  readonly needsAccount: boolean;
  /** Masked once the money has gone back. */
  readonly account: RefundAccount | null;
};

/** True while nothing can be sent back because the shopper has not said to which account. */
export function lacksAccount(attempt: Attempt): boolean {
  const { status, voiding } = attempt;
  return status === "VOIDING" && voiding?.needsAccount === true && !voiding.account;
}

/** True while the outcome of a confirm is open, so that no other paymentKey of the order may be sent. */
export function isOpen(attempt: Attempt): boolean {
  return attempt.status === "REQUESTED" || attempt.status === "UNKNOWN";
}

/** Toss's window of ten minutes for a confirm, and one for clocks that differ: after it nothing sent before can still be approved. */
export const settledAfterMs = 11 * 60_000;

/**
 * Whether a refusal, with a question just answered by "no approval", is the end. The refusal of an only confirm is;
 * one that came after a second might speak of the second alone, so the first must be out of time as well.
 */
export function refusalCounts(attempt: Attempt, now: string): boolean {
  return (
    attempt.doubtfulRefusal &&
    (attempt.posts === 1 || now >= plusMs(attempt.firstPostAt, settledAfterMs))
  );
}

/** True when its last confirm can't be under way any more, whatever became of the process that sent it. */
export function isCallOver(
  { lastPostAt }: Pick<Attempt, "lastPostAt">,
  moment: { readonly now: string; readonly callLimitMs: number },
): boolean {
  return moment.now >= plusMs(lastPostAt, moment.callLimitMs + 5_000);
}

/** True when nothing that was sent for it can be approved any more, and the order could not take it either. */
export function isWindowOver(
  { firstPostAt }: Attempt,
  { expiresAt }: { readonly expiresAt: string },
  now: string,
): boolean {
  return now >= expiresAt && now >= plusMs(firstPostAt, settledAfterMs);
}

export function plusMs(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

/** Of two times in ISO 8601. */
export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

/**
 * Wait after a query without an answer: it says nothing of the attempt, so it takes nothing from the schedule, and is
 * repeated soon after Toss can be reached again. Ever more rarely all the same, up to this.
 */
export function silenceAfterMs(lastPostAt: string, now: string): number {
  const sinceMs = Date.parse(now) - Date.parse(lastPostAt);
  return Math.min(30 * second, Math.max(5 * second, sinceMs / 2));
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const waits: readonly (readonly [count: number, waitMs: number])[] = [
  [1, 5 * second],
  [1, 10 * second],
  [1, 15 * second],
  [1, 20 * second],
  [30, 30 * second],
  [9, 5 * minute],
  [23, hour],
  [5, day],
];

/** After so many questions without an end a person must look; Toss is asked once a day all the same. */
export const asksBeforePerson = waits.reduce((sum, [count]) => sum + count, 0);

/** Wait before the question number `asks + 1`. */
export function askAfterMs(asks: number): number {
  let left = asks;
  for (const [count, waitMs] of waits) {
    if (left < count) return waitMs;
    left -= count;
  }
  return day;
}
