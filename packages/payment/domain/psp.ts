import type { Actor, PaymentFailure } from "@payflow/shared";

/**
 * The facts about a payment service provider (PSP) that the domain rules need: time limits, guards against double
 * calls, failure codes. Each PSP's folder under infrastructure/ defines one; docs/another-psp.md explains how.
 */
export type PspProfile = {
  /** The actor in the history for changes that the PSP's responses and webhooks cause. */
  readonly actor: Actor;
  /** After this time a sent call can no longer take effect: the PSP's own window plus a margin for clock skew. */
  readonly confirmWindowMs: number;
  /** How long the PSP repeats its first response to a call under the same idempotency key; 0: it has no such keys. */
  readonly idempotencyKeepsMs: number;
  /** The PSP rejects a refund whose stated balance differs from its own. */
  readonly checksBalance: boolean;
  /** The poll interval of accounts that wait for a deposit, and the grace after their due time for one last query. */
  readonly depositPollMs: number;
  readonly depositGraceMs: number;
  /** The PSP's failure for an expired payment session, and for a refund whose balance has changed. */
  readonly sessionGone: PaymentFailure;
  readonly balanceChanged: PaymentFailure;
  /** The PSP's error codes for a missing or expired session, and for an account that cannot receive a refund. */
  readonly sessionGoneCodes: readonly string[];
  readonly refusedAccountCodes: readonly string[];
};

/** A decision's inputs besides the payment: time, ids and the PSP's profile. Passed in, so the domain stays pure. */
export type Moment = {
  readonly now: string;
  readonly newId: () => string;
  /** The delay of the first status query after a call without a response. */
  readonly reconcileAfterMs: number;
  /** The time-out of a call to the PSP. */
  readonly callLimitMs: number;
  readonly psp: PspProfile;
};
