/** The contracts of both services: money, ids, errors, events and calls. Pure, so a domain may import them. */
export * from "./app_error.ts";
export * from "./change.ts";
export * from "./doubt.ts";
export * from "./history.ts";
export * from "./money.ts";
export * from "./order_events.ts";
export type * from "./order_mail.ts";
export * from "./order_number.ts";
export * from "./order_view.ts";
export * from "./payment_calls.ts";
export * from "./payment_events.ts";
export * from "./payment_snapshot.ts";
export * from "./personal_data.ts";
export * from "./same_json.ts";
export * from "./text.ts";
export * from "./time.ts";
export * from "./timeline.ts";
