import type { Moment } from "../domain/payment.ts";

/** No question to Toss waits for its answer any longer. */
const questionLimitMs = 15_000;

/**
 * For so long other replicas leave a claimed row alone: for one question to Toss, since what it brings is recorded and
 * ends the claim. No longer, for a replica that dies holds its claims to their end. A row that is claimed twice costs
 * a question or a call under a key that Toss has seen, nothing else.
 */
export function claimHoldMs({ callLimitMs }: Moment): number {
  return Math.min(callLimitMs, questionLimitMs) + 5_000;
}
