import type { Actor, PaymentFailure } from "@payflow/shared";

/**
 * What the rules know of a payment service provider (PSP): its times, its guards, and its codes for what PayFlow
 * concludes itself. Each PSP's folder under infrastructure/ has one; docs/another-psp.md says how to write it.
 */
export type PspProfile = {
  /** Its name in the history: the actor of what its responses and webhooks changed. */
  readonly actor: Actor;
  /** After this long nothing that was sent can take effect: the PSP's own window, and a margin for clocks that differ. */
  readonly confirmWindowMs: number;
  /** For so long a call under a key that the PSP knows is answered as the first one was; 0: it has no such keys. */
  readonly idempotencyKeepsMs: number;
  /** The PSP refuses a refund when it holds another balance than the call states. */
  readonly checksBalance: boolean;
  /** Waiting accounts are queried this often besides webhooks, and once more this long after their last moment. */
  readonly depositPollMs: number;
  readonly depositGraceMs: number;
  /** The PSP's failure for a payment session that is over, and for a refund whose balance has changed. */
  readonly sessionGone: PaymentFailure;
  readonly balanceChanged: PaymentFailure;
  /** Codes by which the PSP says that it has no such session (any more), and that an account can't take a refund. */
  readonly sessionGoneCodes: readonly string[];
  readonly refusedAccountCodes: readonly string[];
};

/** The moment of a decision: time, ids and the PSP's profile come in, so that the domain stays pure. */
export type Moment = {
  readonly now: string;
  readonly newId: () => string;
  /** The first status query comes this long after a call without a response. */
  readonly reconcileAfterMs: number;
  /** The longest that a call to the PSP may be under way. */
  readonly callLimitMs: number;
  readonly psp: PspProfile;
};
