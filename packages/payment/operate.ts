/**
 * For operators' commands, which open payment's database themselves, so that they work while the services are down; the
 * service answers the same to the console.
 * @module
 */
export * from "./infrastructure/money_queries.ts";
export * from "./infrastructure/reconciliation_queries.ts";
export { wakePayment } from "./infrastructure/wake_payment.ts";
