/** The payment service: the only part that talks to Toss, and the judge of whether an order can still be paid. */
export { readPaymentConfig, type PaymentConfig } from "./config.ts";
export { paymentMigrations } from "./infrastructure/migrations.ts";
export { createPaymentService } from "./service.ts";
