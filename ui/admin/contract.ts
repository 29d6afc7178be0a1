export type { LedgerRow, WebhookRow } from "@payflow/back-office";
import type { AppError } from "@payflow/shared";
import type { AdminAttention } from "./contract/attention.ts";
import type { AdminEvents } from "./contract/events.ts";
import type { AdminMoney } from "./contract/money.ts";
import type { AdminNotifications } from "./contract/notifications.ts";
import type { AdminOrders } from "./contract/orders.ts";
import type { Operator } from "./contract/roles.ts";
import type { AdminSessions } from "./contract/sessions.ts";

export type * from "./contract/attention.ts";
export type * from "./contract/events.ts";
export type * from "./contract/listed.ts";
export type * from "./contract/money.ts";
export type * from "./contract/notifications.ts";
export type * from "./contract/orders.ts";
export * from "./contract/roles.ts";
export type * from "./contract/sessions.ts";

/**
 * The functions that the console's pages need from the server that mounts them. The pages know no table and no topic.
 * For the next page of a list pass its `next` as `after`, unchanged; null ends the list. Every function that changes
 * something acts for the operator of the current request, and throws AppError `role_too_weak` when the operator's role
 * does not allow it. Any function may throw `database_unavailable` or `payment_unavailable`. Times are ISO 8601 in UTC,
 * amounts are in won; days (YYYY-MM-DD) and months (YYYY-MM) are in Korea time.
 */
export type AdminDeps = AdminSessions &
  AdminAttention &
  AdminOrders &
  AdminMoney &
  AdminEvents &
  AdminNotifications & {
    readonly shopName: string;
    /** Origin under which browsers reach the console, without a trailing slash. */
    readonly publicUrl: string;
    /** The page of Toss's sandbox, when it is used. */
    readonly sandboxUrl?: string | undefined;
    /**
     * The refusal that a thrown error stands for; undefined for a fault, which this function logs. Default: an AppError
     * is a refusal, and other errors go to the console's error output.
     */
    refusalOf?(thrown: unknown, requestId: string): AppError | undefined;
    /** Now, by the clock that orders use. */
    now(): string;
  };

/** Hono variables of each request to /admin. */
export type AdminVariables = { operator: Operator | undefined; requestId: string };
