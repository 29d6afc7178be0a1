/** Queries that operators' commands run on order's database directly, so that they work while the service is down. */
export { dismissOrphan, orphanedPayments } from "./infrastructure/order_attention.ts";
export { postgresOrderSearch } from "./infrastructure/postgres_order_search.ts";
export { findOrder } from "./infrastructure/postgres_orders.ts";
