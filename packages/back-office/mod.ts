/**
 * Types and schemas of the calls by which operators read and change data of the services, and of order searches.
 * No input or output. `@payflow/back-office/messages` has the queries of messages.
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
