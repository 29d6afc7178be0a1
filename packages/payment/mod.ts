/** The payment service: only it calls Toss, and only it decides whether an order can still be paid. */
export { readPaymentConfig, type PaymentConfig } from "./config.ts";
export { paymentMigrations } from "./infrastructure/migrations.ts";
export { createPaymentService } from "./service.ts";
