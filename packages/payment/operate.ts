/**
 * For the operator commands, which open payment's database directly, so that they work while the services are down. The
 * console gets the same data from the service.
 * @module
 */
export { listOpenEnds, type OpenEnd } from "./infrastructure/open_ends.ts";
export { listUnclaimedMoney } from "./infrastructure/payment_attention.ts";
export {
  findReconciliation,
  listDifferences,
  resolveExceptions,
} from "./infrastructure/payment_reads.ts";
export { nextAtOf } from "./domain/payment.ts";
export { dismiss, findPayment, wakePayment } from "./infrastructure/postgres_payments.ts";
