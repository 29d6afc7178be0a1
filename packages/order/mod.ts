/** The order service: the public API, the shop's pages and the operator console. */
export { readOrderConfig, type OrderConfig } from "./config.ts";
export { orderMigrations } from "./infrastructure/migrations.ts";
export { createOrderService } from "./service.ts";
