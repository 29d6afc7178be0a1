import type { Context } from "hono";
import type { ApiEnv, Credentials, StreamPlaces } from "@payflow/access";
import type { Operate, OrderSearch } from "@payflow/back-office";
import type { AuditEntry, Tracer } from "@payflow/outbox";
import type { NotificationDeps } from "@payflow/notifications";
import type { HistoryEntry } from "@payflow/shared";
import { routesOf } from "@payflow/shared/http";
import type {
  ErrorReporter,
  HealthChecks,
  Metrics,
  PathParameter,
  RateLimit,
} from "@payflow/shared/http";
import type { Confirming } from "../application/confirm_order.ts";
import { orderNotFound } from "../application/decide.ts";
import type { OrderDeps, OrderQueries } from "../application/ports.ts";
import * as schemas from "./api_schemas.ts";
import type { OrderLinks } from "./order_links.ts";

export type ApiDeps = OrderDeps &
  OrderQueries &
  NotificationDeps & {
    readonly credentials: Credentials;
    readonly confirming: Confirming;
    /** Limits orders and confirms by client address. */
    readonly rateLimit: RateLimit;
    /** Limits webhooks from addresses other than Toss's. */
    readonly webhookLimit: RateLimit;
    readonly health: HealthChecks;
    readonly links: OrderLinks;
    /** Allowed origins of return addresses. */
    readonly returnOrigins: readonly string[];
    readonly anonymousScope: (address: string) => string;
    readonly search: OrderSearch;
    readonly operate: Operate;
    /** Limits look-ups of orders by number and e-mail address: by client address and by order number. */
    readonly findLimit: RateLimit;
    readonly streams: StreamPlaces;
    /** Yields at once, then whenever the order may have changed, until the signal aborts. */
    readonly watch: (orderId: string, signal: AbortSignal) => AsyncIterable<unknown>;
    readonly listHistory: (orderId: string) => Promise<readonly HistoryEntry[]>;
    /** Records actions that are in no order's history. */
    readonly audit: (entry: AuditEntry) => Promise<void>;
    readonly metrics: Pick<Metrics, "text" | "request">;
    readonly report: ErrorReporter;
    readonly tracer: Tracer;
  };

export const route = routesOf<ApiEnv, ApiDeps>();

/** Applies the rate limit to callers without an API key. Throws AppError `rate_limited`. */
export function limitShoppers(c: Context<ApiEnv>, { rateLimit }: ApiDeps): void {
  if (c.get("caller").key === undefined) rateLimit.take(c.get("clientAddress"));
}

/**
 * Paths that accept any Host header: load balancers and Prometheus use a machine's own address, and a proxy may forward
 * webhooks under another host name.
 */
export const anyHostPaths = ["/healthz", "/readyz", "/metrics", "/webhooks/toss"];

export const orderId: PathParameter = {
  schema: schemas.Order.entries.orderId,
  refuse: orderNotFound,
};

/** Error codes of routes that call payment. */
export const callErrors = [
  "overloaded",
  "payment_unavailable",
  "payment_recovering",
  "payment_unrecoverable",
  "payment_busy",
  "order_busy",
];
