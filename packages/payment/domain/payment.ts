// What payment keeps of one order: the only judge of whether it can still be paid.
import { maskAccountNumber, maskName, plusMs } from "@payflow/shared";
import type { OrderFacts, PaymentFailure, RefundAccount } from "@payflow/shared";
import type { Kept } from "./charge.ts";
import { isOpen, started, type Operation } from "./operation.ts";
import type { Moment } from "./psp.ts";

/**
 * One paymentKey and its confirm. DECLINED: no money moved. VOIDING: an approval that must go back, or an account of a
 * closed order. VOIDED: it has gone back, or nobody can pay in any more.
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
  /** How many scheduled queries in a row the PSP has answered by "no such payment". */
  readonly missing: number;
  /** The PSP's `secret` of this payment, once known; a webhook about a deposit must carry it. */
  readonly secret: string | null;
  /** The stored intent to send back all that the PSP holds by it, or to close its account. */
  readonly cancel: Cancel | null;
  /** VOIDED though its account is still there at the PSP, which does not cancel it: nobody can pay in any more. */
  readonly isAbandoned: boolean;
};

export type Cancel = {
  readonly idempotencyKey: string;
  readonly reason: string;
  /** What goes back, in won; 0 while an account only waits. */
  readonly amount: number;
  /** Of it, what somebody has sent back by hand already. */
  readonly wentAmount: number;
  /** Money came by a deposit: it can only go back to an account that the shopper names. */
  readonly needsAccount: boolean;
  /** Masked once the money has gone back. */
  readonly account: RefundAccount | null;
  /** The PSP has refused the last call for good. */
  readonly isRefused: boolean;
};

/** One refund that the merchant asked for. */
export type Refund = Operation & {
  /** The merchant's Idempotency-Key and the hash of what it was sent with. */
  readonly key: string;
  readonly requestHash: string;
  readonly status: "REQUESTED" | "UNKNOWN" | "DONE" | "DECLINED";
  readonly amount: number;
  /** Of it, what bears no VAT: the PSP can't know which goods come back. */
  readonly taxFreeAmount: number;
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

export type CloseReason = "canceled" | "expired";

type Base = OrderFacts & {
  /** 0 until it has been saved. */
  readonly version: number;
  /** Queries that brought nothing new. A change, as a version does, stands only on the count it was decided on. */
  readonly looks: number;
  /** Every paymentKey that was ever sent to the PSP for this order, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Why the last attempt ended without money. */
  readonly failure: PaymentFailure | null;
  /** Every refund that the merchant asked for, oldest first; at most one is open. */
  readonly refunds: readonly Refund[];
};

/** READY, IN_PROGRESS: can be paid. CANCELED, EXPIRED: never again; money that still comes goes back. */
export type Payment = Base &
  (
    | { readonly status: "READY" | "IN_PROGRESS"; readonly kept: null; readonly closing: null }
    | {
        readonly status: "WAITING_FOR_DEPOSIT";
        readonly kept: Kept;
        /** The account is being cancelled at the PSP first; until that is sure, a deposit wins. */
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
  return { ...order, ...none, status: "READY", version: 0, looks: 0 };
}

/** An attempt that is about to be sent for the first time. */
export function startedAttempt(paymentKey: string, moment: Moment): Attempt {
  const none = { missing: 0, secret: null, cancel: null, isAbandoned: false };
  return { ...started(moment.newId(), moment), ...none, paymentKey };
}

/** The intent to close an account, or to return money once its amount is known. */
export function startedCancel(reason: string, moment: Moment): Cancel {
  const none = { amount: 0, wentAmount: 0, needsAccount: false, account: null, isRefused: false };
  return { idempotencyKey: moment.newId(), reason, ...none };
}

export function findAttempt(payment: Payment, paymentKey: string): Attempt | undefined {
  return payment.attempts.find((attempt) => attempt.paymentKey === paymentKey);
}

/** Throws an Error for a paymentKey that was never stored: only stored ones are sent, queried or answered. */
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

/** The very same payment when the attempt is the very same. */
export function withAttempt<P extends Payment>(payment: P, next: Attempt): P {
  if (findAttempt(payment, next.paymentKey) === next) return payment;
  const isIt = ({ paymentKey }: Attempt) => paymentKey === next.paymentKey;
  return { ...payment, attempts: payment.attempts.map((one) => (isIt(one) ? next : one)) };
}

export function withRefund<P extends Payment>(payment: P, next: Refund): P {
  if (payment.refunds.includes(next)) return payment;
  return { ...payment, refunds: payment.refunds.map((one) => (one.key === next.key ? next : one)) };
}

/** True while nothing can be sent back because the shopper has not said to which account. */
export function lacksAccount({ status, cancel }: Attempt): boolean {
  return status === "VOIDING" && cancel?.needsAccount === true && cancel.account === null;
}

/** True while a cancel of all that the PSP holds by this attempt is to be sent, or sent again. */
export function isToCancel(payment: Payment, attempt: Attempt): boolean {
  if (attempt.status === "VOIDING") return !lacksAccount(attempt);
  return payment.closing !== null && payment.kept.paymentKey === attempt.paymentKey;
}

/** When the payment is due to be looked at again; null: never. */
export function nextAtOf(payment: Payment): string | null {
  const due = [...payment.attempts, ...payment.refunds].map(({ nextAt }) => nextAt);
  if (payment.status === "READY") due.push(payment.expiresAt);
  return due.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}

/** When an account is past its last moment and the grace for deposits on the way; null for what is no account. */
export function accountOverAt(
  { virtualAccount }: Pick<Kept, "virtualAccount">,
  { psp }: Moment,
): string | null {
  return virtualAccount && plusMs(virtualAccount.dueAt, psp.depositGraceMs);
}

export function isAccountOver(account: Pick<Kept, "virtualAccount">, moment: Moment): boolean {
  const overAt = accountOverAt(account, moment);
  return overAt !== null && moment.now >= overAt;
}

/** When no attempt of an open order is under way any more: it can be paid again, unless its time is over. */
export function reopened(payment: Payment, failure: PaymentFailure, { now }: Moment): Payment {
  if (payment.status !== "IN_PROGRESS" || payment.attempts.some(isOpen)) return payment;
  return { ...payment, status: now >= payment.expiresAt ? "EXPIRED" : "READY", failure };
}

/** What stays of an account when its refund is over: enough to recognise it, too little to pay into it. */
export function masked(account: RefundAccount): RefundAccount {
  if (isMasked(account)) return account;
  const accountNumber = maskAccountNumber(account.accountNumber);
  return { bank: account.bank, accountNumber, holderName: maskName(account.holderName) };
}

/** True when only the rest of an account is there, to which nothing can be sent. */
export function isMasked(account: RefundAccount): boolean {
  return account.accountNumber.startsWith("*");
}

/**
 * The mark of the refund with this Idempotency-Key: the PSP keeps it, so that a refund is known by it again though our
 * record of it was lost. FNV-1a of 32 bits; a mark has to be unique within one order only.
 */
export function markOf(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `r-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}
