import { maskAccountNumber, maskName } from "@payflow/shared";
import type { Operation } from "./operation.ts";

/** Where the PSP pays a refund of a virtual account to; `bank` is the PSP's code or name of a bank. */
export type RefundAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

/** What stays of an account when its refund is over: enough to recognise it, too little to pay into it. */
export function masked(account: RefundAccount): RefundAccount {
  if (isMasked(account)) return account;
  const { bank, accountNumber, holderName } = account;
  return {
    bank,
    accountNumber: maskAccountNumber(accountNumber),
    holderName: maskName(holderName),
  };
}

/** True when only the rest of an account is there, to which nothing can be sent. */
export function isMasked(account: RefundAccount): boolean {
  return account.accountNumber.startsWith("*");
}

/** One refund that the merchant asked for. */
export type Refund = Operation & {
  /** The merchant's Idempotency-Key and the hash of what it was sent with. */
  readonly key: string;
  readonly requestHash: string;
  readonly status: "REQUESTED" | "UNKNOWN" | "DONE" | "DECLINED";
  readonly amount: number;
  readonly reason: string;
  /** Goes along with the reason, so that no other cancel of the same sum can be taken for this one (see `markOf`). */
  readonly mark: string;
  /** Masked once the refund has ended. */
  readonly account: RefundAccount | null;
  /** What the PSP held when it was asked for: the call states it. */
  readonly refundableAmount: number;
  /** Cancels that the PSP had before: a response without them is stale. */
  readonly cancelsBefore: readonly string[];
};

/**
 * The mark of the refund with this Idempotency-Key: the PSP keeps it, so that a refund is known by it again though our
 * record of it was lost. FNV-1a of 32 bits; a mark has to be unique within one order only.
 */
export function markOf(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `r-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}
