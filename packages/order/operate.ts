/** What operators' commands read of order's database themselves, so that they work while the service is down. */
export { idsBetween } from "./infrastructure/id_range.ts";
export { orphanedPayments } from "./infrastructure/order_attention.ts";
