import { Hono } from "hono";
import { requestId } from "hono/request-id";
import * as v from "valibot";
import { actingAs, type Tracer } from "@payflow/outbox";
import { internalCalls, type InternalBody, type InternalCall } from "@payflow/back-office";
import { actingHeader, AppError, SentActing } from "@payflow/shared";
import {
  createKeyGuard,
  healthRoutes,
  metricsType,
  notFoundProblem,
  observeRequests,
  problemHandler,
  readJson,
  readText,
  sameSecret,
  traceRequests,
  type Frozen,
  type HealthChecks,
  type Logger,
  type Metrics,
} from "@payflow/shared/http";
import type { Webhook } from "../application/ports.ts";
import { receiveWebhook } from "../application/receive_webhook.ts";

const webhookLimitBytes = 64 * 1024;
/** Enough for the facts of 500 orders with long names. */
const compareLimitBytes = 1024 * 1024;

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
  deps: Parameters<typeof receiveWebhook>[1] & {
    /** Undefined if the body is no webhook of the payment provider. */
    readonly readWebhook: (body: string, headers: Headers) => Webhook | undefined;
    readonly onStored: () => void;
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
    .onError(problemHandler(log, { onRefused: metrics.refused }))
    .notFound(notFoundProblem)
    .use(observeRequests(metrics))
    .use(requestId())
    .use(traceRequests(deps.tracer))
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
    // 200 only if the webhook is stored or unknown; Toss resends every other one
    .post("/webhooks/toss", async (c) => {
      const body = await readText(c.req.raw, webhookLimitBytes);
      const webhook = deps.readWebhook(body, c.req.raw.headers);
      const malformed = "This is not a webhook of Toss Payments";
      if (webhook === undefined) throw new AppError("malformed", "malformed_webhook", malformed);
      const result = await receiveWebhook(webhook, deps);
      const tooMany = "Too many webhooks about this payment; send it again later";
      if (result === "full") throw new AppError("too_many", "too_many_webhooks", tooMany);
      if (result === "stored") deps.onStored();
      return c.json({ received: true });
    })
    .get("/metrics", async (c) =>
      c.body(await metrics.text(), 200, { "Content-Type": metricsType }),
    );
  for (const [name, { body }] of Object.entries(internalCalls)) {
    const limitBytes = name === "compare" ? compareLimitBytes : undefined;
    const answer = calls[name as InternalCall] as (body: unknown) => Promise<object>;
    app.post(`/internal/payments/${name}`, async (c) =>
      c.json(await answer(await readJson(c, body as v.GenericSchema, limitBytes))),
    );
  }
  return app;
}
