import { maskAccountNumber, maskName, type PaymentFailure } from "@payflow/shared";

/** Where Toss pays a refund of a virtual account to; `bank` is Toss's two characters or its English name. */
export type RefundAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

/** What stays of an account when its refund is over: enough to recognise it, too little to pay into it. */
export function masked(account: RefundAccount): RefundAccount {
  if (isMasked(account)) return account;
  return {
    bank: account.bank,
    accountNumber: maskAccountNumber(account.accountNumber),
    holderName: maskName(account.holderName),
  };
}

/** True when only the rest of an account is there, to which nothing can be sent. */
export function isMasked(account: RefundAccount): boolean {
  return account.accountNumber.startsWith("*");
}

/** One refund that the merchant asked for. REQUESTED: stored and perhaps sent. UNKNOWN: an answer is missing. */
export type Refund = {
  /** The merchant's Idempotency-Key and the hash of what it was sent with. */
  readonly key: string;
  readonly requestHash: string;
  readonly status: "REQUESTED" | "UNKNOWN" | "DONE" | "DECLINED";
  readonly amount: number;
  readonly reason: string;
  /** Goes along with the reason, so that nobody else's cancel of the same sum can be taken for this one (see `markOf`). */
  readonly mark: string;
  /** Masked once the refund has ended. */
  readonly account: RefundAccount | null;
  /** What Toss held when it was asked for: Toss refuses the refund when it holds anything else by then. */
  readonly refundableAmount: number;
  /** Cancels that Toss had before: a picture without them is older than the refund. */
  readonly cancelsBefore: readonly string[];
  readonly idempotencyKey: string;
  /** Calls sent, or about to be: counted before each is. */
  readonly posts: number;
  /** Of these, without an answer under the present key. */
  readonly postsUnderKey: number;
  readonly lastPostAt: string;
  /** Toss has refused, but an earlier call may have been done, or still be under way. */
  readonly doubtfulRefusal: boolean;
  readonly asks: number;
  readonly nextAt: string | null;
  readonly failure: PaymentFailure | null;
};

/**
 * The mark of the refund with this Idempotency-Key: Toss keeps it, so that a refund is known by it again though our
 * record of it was lost. FNV-1a of 32 bits; a mark has to be unique within one order only.
 */
export function markOf(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `r-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

export function isOpenRefund(refund: Refund): boolean {
  return refund.status === "REQUESTED" || refund.status === "UNKNOWN";
}
