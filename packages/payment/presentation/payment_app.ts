import { Hono } from "hono";
import { requestId } from "hono/request-id";
import * as v from "valibot";
import { actingAs, type Tracer } from "@payflow/outbox";
import { internalCalls, type InternalBody, type InternalCall } from "@payflow/back-office";
import { actingHeader, AppError, SentActing } from "@payflow/shared";
import {
  createKeyGuard,
  errorReporter,
  healthRoutes,
  metricsType,
  notFoundProblem,
  observeRequests,
  problemHandler,
  readJson,
  sameSecret,
  type Frozen,
  type HealthChecks,
  type Logger,
  type Metrics,
} from "@payflow/shared/http";

/** Enough for the facts of 500 orders with long names. */
const bodyLimitBytes = 1024 * 1024;

/** The handlers of order's calls, by name. */
export type CallHandlers = {
  readonly [N in InternalCall]: (
    body: InternalBody<N>,
  ) => Promise<Frozen<v.InferInput<(typeof internalCalls)[N]["answer"]>>>;
};

const bearer = /^Bearer +(.+)$/i;

/** Everything on payment's port: health checks for anyone, all other routes with an internal key. */
export function paymentApp(
  internalKeys: readonly string[],
  deps: {
    readonly log: Logger;
    readonly calls: CallHandlers;
    readonly metrics: Pick<Metrics, "text" | "request" | "refused">;
    readonly health: HealthChecks;
    readonly tracer: Tracer;
  },
) {
  const { log, metrics, calls } = deps;
  const guard = createKeyGuard({ name: "internal key", log });
  const app = new Hono<{ Bindings: { peer: string } }>()
    .onError(problemHandler(errorReporter(log, metrics.refused)))
    .notFound(notFoundProblem)
    .use(observeRequests(metrics, deps.tracer))
    .use(requestId())
    .route("/", healthRoutes(deps.health))
    // a request without a valid internal key gets 401, and 429 after several wrong keys
    .use(async (c, next) => {
      // Prometheus sends a key as a Bearer token, and no custom header
      const [, scraping] =
        (c.req.path === "/metrics" && bearer.exec(c.req.header("Authorization") ?? "")) || [];
      const given = c.req.header("X-Internal-Key") ?? scraping;
      const find = async () => internalKeys.find((key) => sameSecret(given ?? "", key));
      // a missing key does not count as a wrong one
      if (given !== undefined && (await guard(given, c.env.peer, find))) return await next();
      const text = "Only the order service may call the payment service";
      throw new AppError("unauthorized", "internal_key_required", text);
    })
    .use((c, next) => {
      const sent = c.req.header(actingHeader);
      return sent === undefined ? next() : actingAs(v.parse(SentActing, sent), next);
    })
    .get("/metrics", async (c) =>
      c.body(await metrics.text(), 200, { "Content-Type": metricsType }),
    );
  for (const [name, { body }] of Object.entries(internalCalls)) {
    const answer = calls[name as InternalCall] as (body: unknown) => Promise<object>;
    app.post(`/internal/payments/${name}`, async (c) =>
      c.json(await answer(await readJson(c, body as v.GenericSchema, bodyLimitBytes))),
    );
  }
  return app;
}
