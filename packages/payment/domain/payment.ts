// The payment of one order. Only it decides whether the order can still be paid.
import { maskAccountNumber, maskName, plusMs } from "@payflow/shared";
import type { OrderFacts, PaymentFailure, RefundAccount } from "@payflow/shared";
import type { Charge, Kept } from "./charge.ts";
import { isOpen, started, type Operation } from "./operation.ts";
import type { Moment } from "./psp.ts";

/**
 * One paymentKey and its confirm. DECLINED: no money moved. VOIDING: an approval or a deposit that must be returned, or
 * an account that must be cancelled. VOIDED: that is done, or the account can no longer receive a deposit.
 */
export type Attempt = Operation & {
  readonly paymentKey: string;
  readonly status:
    | "REQUESTED"
    | "UNKNOWN"
    | "APPROVED"
    | "WAITING_FOR_DEPOSIT"
    | "DECLINED"
    | "VOIDING"
    | "VOIDED";
  /** Number of scheduled queries in a row that the PSP answered with "no such payment". */
  readonly missing: number;
  /** The PSP's `secret` of this payment, once known; a webhook about a deposit must carry it. */
  readonly secret: string | null;
  /** As the PSP's last response showed it. */
  readonly payout: Charge["payout"];
  /** An operator has paid this refused payout outside the PSP. */
  readonly isPayoutDismissed: boolean;
  /** When an operator last did so. Once `payout` is null, the PSP has paid it as well; a dismissal of that ends it. */
  readonly paidOutsideAt: string | null;
  /** The stored intent to return everything that the PSP holds for this paymentKey, or to close its account. */
  readonly cancel: Cancel | null;
  /** VOIDED although the PSP did not cancel the account: it is past its due time, so no deposit can arrive. */
  readonly isAbandoned: boolean;
};

export type Cancel = {
  readonly idempotencyKey: string;
  readonly reason: string;
  /** The amount to return, in won; 0 while the account has no deposit. */
  readonly amount: number;
  /** The part of it that was returned already, for example by hand. */
  readonly wentAmount: number;
  /** The money came as a deposit, so it can only be returned to an account that the shopper or the merchant names. */
  readonly needsAccount: boolean;
  /** Masked once the money has been returned. */
  readonly account: RefundAccount | null;
  /** The PSP has declined the last cancel call. */
  readonly isRefused: boolean;
};

/** One refund that the merchant requested. */
export type Refund = Operation & {
  /** The merchant's Idempotency-Key, and the hash of the request that came with it. */
  readonly key: string;
  readonly requestHash: string;
  readonly status: "REQUESTED" | "UNKNOWN" | "DONE" | "DECLINED";
  readonly amount: number;
  /** The tax-free part of it; stated, because the PSP cannot know which goods are returned. */
  readonly taxFreeAmount: number;
  readonly reason: string;
  /** Sent with the reason, so that another cancel of the same amount is not taken for this refund (see `markOf`). */
  readonly mark: string;
  /** Masked once the refund has ended. */
  readonly account: RefundAccount | null;
  /** The PSP's balance when the refund was requested; the call states it. */
  readonly refundableAmount: number;
  /** transactionKeys of the cancels that were known before: any newer cancel is this refund or another one. */
  readonly cancelsBefore: readonly string[];
};

export type CloseReason = "canceled" | "expired";

type Base = OrderFacts & {
  /** 0 until the payment is saved. */
  readonly version: number;
  /** Number of queries that brought nothing new. With `version`, it is the optimistic lock of a change. */
  readonly scheduleVersion: number;
  /** Every paymentKey that was ever sent to the PSP for this order, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Why the last attempt ended without money. */
  readonly failure: PaymentFailure | null;
  /** Every refund that the merchant requested, oldest first; at most one is open. */
  readonly refunds: readonly Refund[];
};

/** READY and IN_PROGRESS can be paid. CANCELED and EXPIRED never can again: money that still arrives is returned. */
export type Payment = Base &
  (
    | { readonly status: "READY" | "IN_PROGRESS"; readonly kept: null; readonly closing: null }
    | {
        readonly status: "WAITING_FOR_DEPOSIT";
        readonly kept: Kept;
        /** Set while the account is being cancelled at the PSP. Until that is confirmed, a deposit still pays. */
        readonly closing: CloseReason | null;
      }
    | { readonly status: "DONE" | "PARTIAL_CANCELED"; readonly kept: Kept; readonly closing: null }
    | {
        readonly status: "CANCELED" | "EXPIRED";
        readonly kept: Kept | null;
        readonly closing: null;
      }
  );

/** A new, unsaved payment (version 0). */
export function openPayment(facts: OrderFacts): Payment {
  const { orderId, orderName, amount, taxFreeAmount, currency, expiresAt } = facts;
  const order = { orderId, orderName, amount, taxFreeAmount, currency, expiresAt };
  const none = { attempts: [], refunds: [], kept: null, closing: null, failure: null };
  return { ...order, ...none, status: "READY", version: 0, scheduleVersion: 0 };
}

/** An attempt that is about to be sent for the first time. */
export function startedAttempt(paymentKey: string, moment: Moment): Attempt {
  const none = { missing: 0, secret: null, payout: null, paidOutsideAt: null, cancel: null };
  const not = { isPayoutDismissed: false, isAbandoned: false };
  return { ...started(moment.newId(), moment), ...none, ...not, paymentKey };
}

/** The intent to close an account, or to return money once its amount is known. */
export function startedCancel(reason: string, moment: Moment): Cancel {
  const none = { amount: 0, wentAmount: 0, needsAccount: false, account: null, isRefused: false };
  return { idempotencyKey: moment.newId(), reason, ...none };
}

export function findAttempt(payment: Payment, paymentKey: string): Attempt | undefined {
  return payment.attempts.find((attempt) => attempt.paymentKey === paymentKey);
}

/** Throws an Error for a paymentKey that was never stored: calls are sent and recorded for stored attempts only. */
export function attemptOf(payment: Payment, paymentKey: string): Attempt {
  const attempt = findAttempt(payment, paymentKey);
  if (attempt === undefined)
    throw new Error(`Payment "${payment.orderId}" has no attempt "${paymentKey}"`);
  return attempt;
}

export function refundOf(payment: Payment, key: string): Refund {
  const refund = payment.refunds.find((one) => one.key === key);
  if (refund === undefined) throw new Error(`Payment "${payment.orderId}" has no refund "${key}"`);
  return refund;
}

/** Returns the same object if the attempt is unchanged, so that callers can compare by identity. */
export function withAttempt<P extends Payment>(payment: P, next: Attempt): P {
  if (findAttempt(payment, next.paymentKey) === next) return payment;
  const isIt = ({ paymentKey }: Attempt) => paymentKey === next.paymentKey;
  return { ...payment, attempts: payment.attempts.map((one) => (isIt(one) ? next : one)) };
}

export function withRefund<P extends Payment>(payment: P, next: Refund): P {
  if (payment.refunds.includes(next)) return payment;
  return { ...payment, refunds: payment.refunds.map((one) => (one.key === next.key ? next : one)) };
}

/** True while a deposit cannot be returned because no account has been named for it. */
export function lacksAccount({ status, cancel }: Attempt): boolean {
  return status === "VOIDING" && cancel?.needsAccount === true && cancel.account === null;
}

/** True while the bank refuses to pay a deposit's refund out and no operator has paid it. */
export function isPayoutRefused({ payout, isPayoutDismissed }: Attempt): boolean {
  return payout !== null && payout !== "PENDING" && !isPayoutDismissed;
}

/** True while a full cancel of this attempt has to be sent or resent. */
export function isToCancel(payment: Payment, attempt: Attempt): boolean {
  if (attempt.status === "VOIDING") return !lacksAccount(attempt);
  return payment.closing !== null && payment.kept.paymentKey === attempt.paymentKey;
}

/** When the payment is due next; null: never. */
export function nextAtOf(payment: Payment): string | null {
  const due = [...payment.attempts, ...payment.refunds].map(({ nextAt }) => nextAt);
  if (payment.status === "READY") due.push(payment.expiresAt);
  return due.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}

/** The account's due time plus the grace for late deposits; null for a payment without an account. */
export function accountOverAt({ virtualAccount }: Pick<Kept, "virtualAccount">, { psp }: Moment) {
  return virtualAccount && plusMs(virtualAccount.dueAt, psp.depositGraceMs);
}

export function isAccountOver(account: Pick<Kept, "virtualAccount">, moment: Moment): boolean {
  const overAt = accountOverAt(account, moment);
  return overAt !== null && moment.now >= overAt;
}

/** Makes an IN_PROGRESS payment READY once no attempt is open, or EXPIRED if its time is over. */
export function reopened(payment: Payment, failure: PaymentFailure, { now }: Moment): Payment {
  if (payment.status !== "IN_PROGRESS" || payment.attempts.some(isOpen)) return payment;
  return { ...payment, status: now >= payment.expiresAt ? "EXPIRED" : "READY", failure };
}

/** The masked account that is kept after its refund: enough to recognise it, too little to pay into it. */
export function masked(account: RefundAccount): RefundAccount {
  if (isMasked(account)) return account;
  const accountNumber = maskAccountNumber(account.accountNumber);
  return { bank: account.bank, accountNumber, holderName: maskName(account.holderName) };
}

/** True for a masked account, to which no money can be sent. */
export function isMasked(account: RefundAccount): boolean {
  return account.accountNumber.startsWith("*");
}
