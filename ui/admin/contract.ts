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
 * What the console's pages need from whoever serves them. Like the shop's pages they know no table and no topic. Every
 * list is a page: `after` is the place that the page before ended at (`next`), as it came; null ends the list.
 * Every function that changes something acts in the name of the operator of the request under way, and throws AppError
 * `role_too_weak` when the operator's role does not allow it. `database_unavailable` and `payment_unavailable` may be
 * thrown by all.
 * All times are ISO 8601 in UTC, all sums won; days are Korean, as YYYY-MM-DD, months as YYYY-MM.
 */
export type AdminDeps = AdminSessions &
  AdminAttention &
  AdminOrders &
  AdminMoney &
  AdminEvents &
  AdminNotifications & {
    readonly shopName: string;
    /** Origin under which browsers reach the console, without a slash at its end. */
    readonly publicUrl: string;
    /** The page of Toss's sandbox, where there is one. */
    readonly sandboxUrl?: string | undefined;
    /**
     * The refusal that something thrown stands for, if it stands for one; else it is a fault, to be logged here. Without
     * this, AppErrors are refusals and the rest goes to the process's log.
     */
    refusalOf?(thrown: unknown, requestId: string): AppError | undefined;
    /** The time on the clock that all times of orders are of. */
    now(): string;
  };

/** Hono variables that the mounting server sets on each request below /admin. */
export type AdminVariables = { operator: Operator | undefined; requestId: string };
