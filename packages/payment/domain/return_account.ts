// The account for the return of a deposit that was not kept: only the shopper or the merchant can name it.
import { AppError, sameJson, type RefundAccount } from "@payflow/shared";
import { changed } from "./change.ts";
import { lacksAccount, masked, withAttempt, type Attempt, type Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";

/** The attempt whose deposit waits for an account; if none does, the one that is returned to this account. */
export function depositFor(payment: Payment, account: RefundAccount): Attempt | undefined {
  // this money paid for the order
  if (payment.kept?.approvedAt != null) return undefined;
  const named = [account, masked(account)];
  const isNamed = ({ cancel }: Attempt) => named.some((one) => sameJson(cancel?.account, one));
  return payment.attempts.find(lacksAccount) ?? payment.attempts.find(isNamed);
}

/**
 * Stores the account that a deposit for a closed order is returned to; the return is due at once. Throws AppError
 * `refund_account_not_needed` when no deposit waits for an account.
 */
export function nameAccount(payment: Payment, account: RefundAccount, moment: Moment) {
  const attempt = payment.attempts.find(lacksAccount);
  if (attempt?.cancel == null) {
    const text = `Order "${payment.orderId}" has no deposit that needs a refund account`;
    throw new AppError("conflict", "refund_account_not_needed", text);
  }
  const cancel = { ...attempt.cancel, account, idempotencyKey: moment.newId() };
  const next = { ...attempt, cancel, checks: 0, nextAt: moment.now };
  return changed(payment, withAttempt(payment, next), moment);
}
