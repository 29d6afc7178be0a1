/** The order service: what shoppers, integrators and the merchant meet. */
export { readOrderConfig, type OrderConfig } from "./config.ts";
export { orderMigrations } from "./infrastructure/migrations.ts";
export { createOrderService } from "./service.ts";
