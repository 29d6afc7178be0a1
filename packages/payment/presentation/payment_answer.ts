import { AppError, type PaymentAnswer } from "@payflow/shared";
import { isOpen, type Operation } from "../domain/operation.ts";
import { attemptOf, isToCancel, lacksAccount, refundOf } from "../domain/payment.ts";
import type { Attempt, Payment } from "../domain/payment.ts";
import type { PspProfile } from "../domain/psp.ts";
import { notPayable } from "../domain/requests.ts";
import { viewOf } from "../domain/snapshot.ts";

export function answer(payment: Payment | undefined, refused?: AppError): PaymentAnswer {
  const shown = { payment: payment ? viewOf(payment) : null, isOpen: false };
  if (refused === undefined) return { ...shown, refusal: null };
  const { kind, code, message, details } = refused;
  return { ...shown, refusal: { kind, code, message, details } };
}

/** The result of a confirm for its paymentKey. An open outcome is no refusal; its status is IN_PROGRESS. */
export function confirmAnswer(payment: Payment, paymentKey: string, psp: PspProfile) {
  return answer(payment, confirmRefusal(payment, attemptOf(payment, paymentKey), psp));
}

function confirmRefusal(payment: Payment, attempt: Attempt, psp: PspProfile): AppError | undefined {
  const { orderId, status } = payment;
  if (isOpen(attempt))
    return status === "IN_PROGRESS" ? undefined : notPayable(payment, `it is ${status}`);
  if (attempt.status === "VOIDING" || attempt.status === "VOIDED") {
    const refunding = attempt.status === "VOIDING";
    const returned = !refunding && (attempt.cancel?.amount ?? 0) > 0;
    const text = `Order "${orderId}" can no longer be paid; this payment ${refunding ? "is being" : "was"} refunded`;
    const extensions = { refunding, returned };
    return new AppError("conflict", "order_not_payable", text, { extensions });
  }
  if (attempt.status !== "DECLINED") return undefined;
  const { code, message } = attempt.failure ?? unknownFailure;
  if (psp.sessionGoneCodes.includes(code)) {
    const text = `The payment session of order "${orderId}" has expired; nothing was charged`;
    return new AppError("gone", "payment_session_expired", text);
  }
  const cannot = `Cannot pay order "${orderId}"; nothing was charged: the payment window was opened for another`;
  if (code === "AMOUNT_MISMATCH")
    return new AppError("invalid", "amount_mismatch", `${cannot} amount`);
  if (code === "ORDER_MISMATCH")
    return new AppError("invalid", "order_mismatch", `${cannot} order`);
  const text = `Payment of order "${orderId}" was declined; nothing was charged`;
  const extensions = { providerCode: code, providerMessage: message };
  return new AppError("declined", "payment_declined", text, { extensions });
}

/** The result of a refund. An open outcome is no refusal, and has `isOpen`. */
export function refundAnswer(payment: Payment, key: string, psp: PspProfile): PaymentAnswer {
  const refund = refundOf(payment, key);
  const refusal = refund.status === "DECLINED" ? refused(refund, psp) : undefined;
  return { ...answer(payment, refusal), isOpen: isOpen(refund) };
}

/** The result of returning this deposit of a closed order, in the form of `refundAnswer`. */
export function depositAnswer(
  payment: Payment,
  paymentKey: string,
  psp: PspProfile,
): PaymentAnswer {
  const attempt = attemptOf(payment, paymentKey);
  const isRefused = lacksAccount(attempt) && attempt.failure !== null;
  const refusal = isRefused ? refused(attempt, psp) : undefined;
  return { ...answer(payment, refusal), isOpen: isToCancel(payment, attempt) };
}

/** The PSP's refusal to return money: because of the account, or final. */
function refused({ failure }: Operation, psp: PspProfile): AppError {
  const { code, message } = failure ?? unknownFailure;
  const details = { extensions: { providerCode: code, providerMessage: message } };
  if (psp.refusedAccountCodes.includes(code)) {
    const text = `Toss refused the account for the refund: ${message}`;
    return new AppError("invalid", "refund_account_required", text, details);
  }
  const text = `Toss refused the refund: ${message}`;
  return new AppError("conflict", "payment_not_refundable", text, details);
}

const unknownFailure = { code: "UNKNOWN", message: "" };
