import { Hono } from "hono";
import { requestId } from "hono/request-id";
import * as v from "valibot";
import { actingAs, type Tracer } from "@payflow/outbox";
import { actingHeader, SentActing, type PaymentCall } from "@payflow/shared";
import {
  createKeyGuard,
  healthRoutes,
  metricsType,
  notFoundProblem,
  observeRequests,
  problemHandler,
  traceRequests,
  type HealthChecks,
  type Metrics,
} from "@payflow/shared/http";
import { answerCalls, type CallHandlers } from "./internal_calls.ts";
import { requireInternalKey, type InternalEnv } from "./internal_key.ts";
import { webhookRoute, type WebhookDeps } from "./webhook_route.ts";

/** All that is on payment's port: health checks for anybody, everything else for order. */
export function paymentApp(
  internalKeys: readonly string[],
  deps: WebhookDeps & {
    readonly calls: CallHandlers<PaymentCall>;
    readonly metrics: Pick<Metrics, "text" | "request" | "refused">;
    readonly health: HealthChecks;
    readonly tracer: Tracer | undefined;
  },
): Hono<InternalEnv> {
  const { log, metrics } = deps;
  const key = createKeyGuard({ name: "internal key", log, keys: internalKeys });
  const app = new Hono<InternalEnv>()
    .onError(problemHandler(log, { onRefused: metrics.refused }))
    .notFound(notFoundProblem)
    .use(observeRequests(metrics))
    .use(requestId())
    .use(traceRequests(deps.tracer))
    .route("/", healthRoutes(deps.health))
    .use(requireInternalKey(key))
    .use((c, next) => {
      const sent = c.req.header(actingHeader);
      return sent === undefined ? next() : actingAs(v.parse(SentActing, sent), next);
    })
    .post("/webhooks/toss", webhookRoute(deps))
    .get("/metrics", async (c) =>
      c.body(await metrics.text(), 200, { "Content-Type": metricsType }),
    );
  answerCalls(app, deps.calls);
  return app;
}
