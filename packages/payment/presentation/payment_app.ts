import { Hono } from "hono";
import { requestId } from "hono/request-id";
import * as v from "valibot";
import { actingAs, type Tracer } from "@payflow/outbox";
import { actingHeader, SentActing } from "@payflow/shared";
import {
  createKeyGuard,
  healthRoutes,
  mount,
  notFoundProblem,
  observeRequests,
  problemHandler,
  traceRequests,
  type HealthChecks,
} from "@payflow/shared/http";
import { requireInternalKey, type InternalEnv } from "./internal_key.ts";
import { operatorRoutes, type OperatorRoutesDeps } from "./operator_routes.ts";
import { paymentRoutes, type PaymentRoutesDeps } from "./payment_routes.ts";
import { webhookRoutes, type WebhookDeps } from "./webhook_routes.ts";

/** All that is on payment's port: health checks for anybody, everything else for order. */
export function paymentApp(
  internalKeys: readonly string[],
  deps: PaymentRoutesDeps &
    OperatorRoutesDeps &
    WebhookDeps & { readonly health: HealthChecks; readonly tracer: Tracer | undefined },
): Hono<InternalEnv> {
  const { log } = deps;
  const key = createKeyGuard({ name: "internal key", log, keys: internalKeys });
  const app = new Hono<InternalEnv>()
    .onError(problemHandler(log, { onRefused: deps.metrics.refused }))
    .notFound(notFoundProblem)
    .use(observeRequests(deps.metrics))
    .use(requestId())
    .use(traceRequests(deps.tracer))
    .route("/", healthRoutes(deps.health))
    .use(requireInternalKey(key))
    .use((c, next) => {
      const sent = c.req.header(actingHeader);
      return sent === undefined ? next() : actingAs(v.parse(SentActing, sent), next);
    });
  mount(app, [...paymentRoutes, ...operatorRoutes, ...webhookRoutes], deps);
  return app;
}
