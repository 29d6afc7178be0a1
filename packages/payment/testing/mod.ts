/** For tests that run payment's rules without the service: domain, use cases and their responses. */
export type * from "../domain/charge.ts";
export { isOpen } from "../domain/operation.ts";
export * from "../domain/payment.ts";
export { dismissPayout } from "../domain/requests.ts";
export { snapshotOf, viewOf } from "../domain/snapshot.ts";
export { handleWebhooks } from "../application/handle_webhooks.ts";
export { openPayment as openPaymentFor } from "../application/open_payment.ts";
export type * from "../application/ports.ts";
export { createSettling } from "../application/settle_due_payments.ts";
export { sweepTransactions } from "../application/sweep_transactions.ts";
export { createPspReach, type PspReach } from "../application/psp_reach.ts";
export { classifyTossError } from "../infrastructure/toss/toss_error.ts";
export { tossProfile } from "../infrastructure/toss/toss_profile.ts";
export { paymentCalls } from "../presentation/payment_calls.ts";
