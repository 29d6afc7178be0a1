/** For tests that run payment's rules without its parts: domain, use cases, and what they answer. */
export * from "../domain/approval.ts";
export * from "../domain/approval_outcome.ts";
export * from "../domain/attempt.ts";
export * from "../domain/payment.ts";
export * from "../domain/refund.ts";
export type * from "../domain/toss_payment.ts";
export type { TossTransaction } from "../domain/toss_transaction.ts";
export { closePayment } from "../application/close_payment.ts";
export { confirmPayment } from "../application/confirm_payment.ts";
export { handleWebhooks } from "../application/handle_webhooks.ts";
export { openPayment as openPaymentFor } from "../application/open_payment.ts";
export type * from "../application/ports.ts";
export { provideRefundAccount } from "../application/provide_refund_account.ts";
export { refundPayment } from "../application/refund_payment.ts";
export { createSettling } from "../application/settle_due_payments.ts";
export { createTossReach, type TossReach } from "../application/toss_reach.ts";
export { sweepTransactions } from "../application/sweep_transactions.ts";
export { classifyTossError } from "../infrastructure/toss/toss_error.ts";
export {
  answer,
  confirmAnswer,
  refundAnswer,
} from "../presentation/payment_answer.ts";
