import type { PaymentFailure } from "@payflow/shared";

/** Where Toss pays a refund of a virtual account to; `bank` is Toss's two characters or its English name. */
export type RefundAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

/** One refund that the merchant asked for. REQUESTED: stored and perhaps sent. UNKNOWN: an answer is missing. */
export type Refund = {
  /** The merchant's Idempotency-Key and the hash of what it was sent with. */
  readonly key: string;
  readonly requestHash: string;
  readonly status: "REQUESTED" | "UNKNOWN" | "DONE" | "DECLINED";
  readonly amount: number;
  readonly reason: string;
  readonly account: RefundAccount | null;
  /** What Toss held when it was asked for: Toss refuses the refund when it holds anything else by then. */
  readonly refundableAmount: number;
  /** Cancels that Toss had before, so that one more by the same sum is known to be this one. */
  readonly cancelsBefore: readonly string[];
  readonly idempotencyKey: string;
  readonly lastPostAt: string;
  readonly asks: number;
  readonly nextAt: string | null;
  readonly failure: PaymentFailure | null;
};

export function isOpenRefund(refund: Refund): boolean {
  return refund.status === "REQUESTED" || refund.status === "UNKNOWN";
}
