// The account to which a deposit goes back that could not be kept: only its shopper, or the merchant, can name it.
import { AppError, sameJson, type RefundAccount } from "@payflow/shared";
import { changed, type PaymentChange } from "./change.ts";
import { lacksAccount, masked, withAttempt, type Attempt, type Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";

/** The attempt whose deposit waits, or has waited, for this account to go back to. */
export function depositFor(payment: Payment, account: RefundAccount): Attempt | undefined {
  // money that the order was paid with
  if (payment.kept?.approvedAt != null) return undefined;
  const named = [account, masked(account)];
  const isNamed = ({ cancel }: Attempt) => named.some((one) => sameJson(cancel?.account, one));
  return payment.attempts.find((attempt) => lacksAccount(attempt) || isNamed(attempt));
}

/**
 * Stores to which account a deposit for a closed order goes back; it is sent at once.
 * Throws AppError `refund_account_not_needed` when nothing waits for one.
 */
export function nameAccount(
  payment: Payment,
  account: RefundAccount,
  moment: Moment,
): PaymentChange {
  const attempt = payment.attempts.find(lacksAccount);
  if (attempt?.cancel == null) {
    const text = `Nothing of order "${payment.orderId}" waits for an account`;
    throw new AppError("conflict", "refund_account_not_needed", text);
  }
  const cancel = { ...attempt.cancel, account, idempotencyKey: moment.newId() };
  const next = { ...attempt, cancel, checks: 0, nextAt: moment.now };
  return changed(payment, withAttempt(payment, next), moment);
}
