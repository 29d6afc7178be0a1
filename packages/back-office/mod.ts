/**
 * What operators read and change of a service: payment's answers to their calls, searches of orders, and the forms of
 * what both services show. Pure. `@payflow/back-office/messages` has the queries of messages.
 * @module
 */
export * from "./attention.ts";
export * from "./csv.ts";
export * from "./internal_calls.ts";
export * from "./money_reports.ts";
export * from "./order_search.ts";
export type * from "./operated_messages.ts";
export * from "./page.ts";
export * from "./payment_details.ts";
