// Applies a charge to a payment: the first approval or account of an open order is kept, any other is returned.
import { isClosed, plusMs } from "@payflow/shared";
import type { Charge, Kept } from "./charge.ts";
import { isAccountOver, isMasked, lacksAccount, masked, reopened } from "./payment.ts";
import { startedCancel, withAttempt } from "./payment.ts";
import type { Attempt, Cancel, Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { lastCheckAt, payoutCheckAt, rechecked } from "./schedule.ts";

export const wrongSum = { code: "AMOUNT_MISMATCH", message: "결제 금액이 주문과 다릅니다" };

/** The payment with the charge of this attempt applied. Undefined: the charge holds nothing, or is stale. */
export function effectOf(
  payment: Payment,
  known: Attempt,
  charge: Charge,
  moment: Moment,
): Payment | undefined {
  const { kept } = payment;
  const isKept = kept?.paymentKey === known.paymentKey;
  const isWaiting = payment.status === "WAITING_FOR_DEPOSIT" && isKept;
  if (isWaiting && charge.status === "EXPIRED" && isAccountOver(payment.kept, moment))
    return abandoned(payment, known, payment.kept);
  if (["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"].includes(charge.status)) return undefined;
  // returned money comes back only if a bank account refuses it; any other response that shows it is stale
  const isReturned =
    known.status === "VOIDED" && known.cancel !== null && charge.virtualAccount === null;
  if (isReturned && charge.balanceAmount > 0) return undefined;
  const { payout, cancels } = charge;
  const hasMore = isKept && cancels.length > kept.cancels.length;
  const isPayoutDismissed = known.isPayoutDismissed && payout === known.payout && !hasMore;
  const attempt = { ...known, secret: charge.secret ?? known.secret, payout, isPayoutDismissed };
  const isRight = charge.totalAmount === payment.amount && charge.currency === payment.currency;
  const isOpen = payment.status === "READY" || payment.status === "IN_PROGRESS";
  if (isRight && (isOpen || (isKept && !isRevived(payment, charge))))
    return keep(payment, attempt, charge, moment);
  const isGone =
    charge.balanceAmount === 0 || (charge.status === "CANCELED" && charge.approvedAt === null);
  if (!isGone && !mayBeAbandoned(attempt, charge, moment))
    // an open order returns only a wrong amount, and can still be paid with the right one
    return reopened(sendBack(payment, attempt, charge, moment), wrongSum, moment);
  const cancel = isGone ? returnedBefore(attempt, charge, moment) : withoutAccount(attempt.cancel);
  const next = { ...voided(attempt, cancel, !isGone), nextAt: payoutCheckAt(attempt, moment) };
  return reopened(withAttempt(payment, next), wrongSum, moment);
}

/**
 * True for a response that lacks known cancels. A response may be older than the stored state: a call that is repeated
 * under its key gets its first response again.
 */
export function isStale(charge: Charge, kept: Kept | null): boolean {
  if (kept === null) return false;
  const shown = new Set(charge.cancels.map(({ transactionKey }) => transactionKey));
  const isPaid = kept.approvedAt !== null && charge.approvedAt !== null;
  const hasMore = isPaid && charge.balanceAmount > kept.balanceAmount;
  return hasMore || kept.cancels.some(({ transactionKey }) => !shown.has(transactionKey));
}

/** True for a closed account that the PSP shows as waiting or paid, also if that money has been returned. */
function isRevived(payment: Payment, charge: Charge): boolean {
  const isUnpaid = charge.status === "CANCELED" && charge.approvedAt === null;
  return isClosed(payment) && payment.kept?.approvedAt === null && !isUnpaid;
}

/**
 * True for an account that the PSP refuses to cancel and that is past its due time. A deposit that still arrives is
 * found like any other, and returned.
 */
function mayBeAbandoned({ cancel, isAbandoned }: Attempt, charge: Charge, moment: Moment): boolean {
  const isWaiting = charge.status === "WAITING_FOR_DEPOSIT" && isAccountOver(charge, moment);
  // after a known deposit, the response is stale or the deposit was reversed: a cancel call shows which
  const isRefused = cancel?.isRefused === true && !cancel.needsAccount;
  return isWaiting && (isAbandoned || isRefused);
}

/** Stores the intent to return a charge that cannot be kept. */
function sendBack(payment: Payment, attempt: Attempt, charge: Charge, moment: Moment): Payment {
  const { cancel } = attempt;
  // amounts are in won: another currency counts as 0
  const isCounted = charge.approvedAt !== null && charge.currency === payment.currency;
  // a masked account has been used before and was not the right one
  const isUsable = cancel?.account != null && !isMasked(cancel.account);
  const next: Attempt = {
    ...attempt,
    status: "VOIDING",
    isAbandoned: false,
    cancel: {
      ...(cancel ?? startedCancel(reasonToReturn(payment, charge), moment)),
      amount: isCounted ? charge.totalAmount : 0,
      wentAmount: isCounted ? charge.totalAmount - charge.balanceAmount : 0,
      needsAccount: charge.virtualAccount !== null && charge.status !== "WAITING_FOR_DEPOSIT",
      account: isUsable ? cancel.account : null,
      isRefused: false,
    },
  };
  if (lacksAccount(next))
    return withAttempt(payment, { ...next, nextAt: plusMs(moment.now, moment.psp.depositPollMs) });
  // a return that is under way keeps its schedule
  const isDue = attempt.status === "VOIDING" && attempt.nextAt !== null && !lacksAccount(attempt);
  return withAttempt(payment, isDue ? next : { ...next, checks: 0, nextAt: moment.now });
}

function reasonToReturn({ amount, kept }: Payment, charge: Charge): string {
  if (charge.totalAmount !== amount) return wrongSum.message;
  const isAnother = kept !== null && kept.paymentKey !== charge.paymentKey;
  return isAnother ? "이미 결제된 주문입니다" : "취소되었거나 만료된 주문입니다";
}

/** The cancel of a charge that was returned already, even if PayFlow never saw the charge before. Counts won only. */
function returnedBefore(attempt: Attempt, charge: Charge, moment: Moment): Cancel | null {
  const isCounted = charge.approvedAt !== null && charge.currency === "KRW";
  if (!isCounted) return withoutAccount(attempt.cancel);
  const reason = charge.cancels.at(-1)?.reason ?? "";
  const cancel = withoutAccount(attempt.cancel) ?? startedCancel(reason, moment);
  return { ...cancel, amount: charge.totalAmount };
}

function voided(attempt: Attempt, cancel: Cancel | null, isAbandoned: boolean): Attempt {
  return { ...attempt, status: "VOIDED", failure: null, nextAt: null, cancel, isAbandoned };
}

function withoutAccount(cancel: Cancel | null): Cancel | null {
  return cancel && { ...cancel, account: cancel.account && masked(cancel.account) };
}

function keep(payment: Payment, attempt: Attempt, charge: Charge, moment: Moment): Payment {
  const kept = keptFrom(charge);
  const cleared = { ...attempt, failure: null, refusalPending: false };
  if (charge.status === "WAITING_FOR_DEPOSIT") return keepWaiting(payment, cleared, charge, moment);
  const isReturned = charge.balanceAmount === 0 || charge.status === "CANCELED";
  const due = isReturned
    ? { checks: 0, nextAt: lastCheckAt(attempt, moment) }
    : rechecked(payment, attempt, charge, moment);
  const approved: Attempt = { ...cleared, ...due, status: "APPROVED", cancel: null };
  const base = { ...withAttempt(payment, approved), failure: null, kept, closing: null };
  if (isReturned) {
    const isExpired = payment.status === "EXPIRED" || payment.closing === "expired";
    return { ...base, status: isExpired && kept.approvedAt === null ? "EXPIRED" : "CANCELED" };
  }
  const isPart = charge.balanceAmount < charge.totalAmount;
  return { ...base, status: isPart ? "PARTIAL_CANCELED" : "DONE" };
}

function keepWaiting(payment: Payment, cleared: Attempt, charge: Charge, moment: Moment): Payment {
  const kept = keptFrom(charge);
  const status = "WAITING_FOR_DEPOSIT";
  if (payment.closing !== null && mayBeAbandoned(cleared, charge, moment))
    return abandoned(payment, cleared, kept);
  const cancel = cleared.cancel && { ...cleared.cancel, isRefused: false };
  const { closing } = payment;
  const next: Attempt = closing
    ? { ...cleared, status, cancel }
    : { ...cleared, status, cancel: null, ...rechecked(payment, cleared, charge, moment) };
  return { ...withAttempt(payment, next), failure: null, status, kept, closing };
}

/** Ends an account that is past its due time, although it still exists at the PSP. */
function abandoned(payment: Payment, attempt: Attempt, kept: Kept): Payment {
  const status = payment.closing === "canceled" ? "CANCELED" : "EXPIRED";
  // without its cancel, so that a deposit that still arrives is returned under another key
  const base = withAttempt(payment, voided(attempt, null, true));
  return { ...base, failure: null, status, kept, closing: null };
}

function keptFrom(charge: Charge): Kept {
  return {
    paymentKey: charge.paymentKey,
    method: charge.method,
    approvedAt: charge.approvedAt,
    balanceAmount: charge.balanceAmount,
    taxFreeAmount: charge.taxFreeAmount,
    receiptUrl: charge.receiptUrl,
    virtualAccount: charge.virtualAccount,
    refundLimits: charge.refundLimits,
    cashReceipt: charge.cashReceipt,
    isEscrow: charge.isEscrow,
    cancels: charge.cancels,
  };
}
