import { AppError } from "@payflow/shared";
import { Hono, type Context, type MiddlewareHandler, type Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import { loadAssets } from "../assets.ts";
import { refusalOf, retryAfter } from "../refusal.ts";
import { renderFailure } from "./admin_render.tsx";
import type { AdminEnv, AdminStage } from "./admin_scene.ts";
import { attentionCount } from "./attention_count.ts";
import type { AdminDeps } from "./contract.ts";
import { actionRoutes } from "./routes/action_routes.tsx";
import { attentionRoutes } from "./routes/attention_routes.tsx";
import { deadLetterRoutes } from "./routes/dead_letter_routes.tsx";
import { endpointRoutes } from "./routes/endpoint_routes.tsx";
import { eventRoutes } from "./routes/event_routes.tsx";
import { keyRoutes } from "./routes/key_routes.tsx";
import { mailRoutes } from "./routes/mail_routes.tsx";
import { moneyRoutes } from "./routes/money_routes.tsx";
import { orderRoutes } from "./routes/order_routes.tsx";
import { ordersRoutes } from "./routes/orders_routes.tsx";
import { requestRoutes } from "./routes/request_routes.tsx";
import { refundRoutes } from "./routes/refund_routes.tsx";
import { requireOperator, sessionRoutes } from "./routes/session_routes.tsx";

const formBytesMax = 64 * 1024;

/**
 * The operator's console. Mount it at `/admin` on a server that sets `requestId` on each request there and checks the
 * origin of forms. The server must also mount the shop's pages (`createUi`): the console loads their `/assets`.
 * `identify` sets `operator`; it runs inside the console, so that its failure is a page too.
 */
export function createAdmin(
  deps: AdminDeps,
  identify: MiddlewareHandler<AdminEnv>,
): Hono<AdminEnv> {
  const stage: AdminStage = { deps, assets: loadAssets(), attention: attentionCount(deps) };
  const app = new Hono<AdminEnv>();
  app.use(identify);
  app.on("POST", "*", bodyLimit({ maxSize: formBytesMax, onError: tooLarge }));
  app.route("/", sessionRoutes(stage));
  // the routes below need a signed-in operator
  app.use(requireOperator());
  app.use(refuseNul);
  app.route("/", attentionRoutes(stage));
  app.route("/", ordersRoutes(stage));
  app.route("/", orderRoutes(stage));
  app.route("/", refundRoutes(stage));
  app.route("/", requestRoutes(stage));
  app.route("/", actionRoutes(stage));
  app.route("/", moneyRoutes(stage));
  app.route("/", eventRoutes(stage));
  app.route("/", mailRoutes(stage));
  app.route("/", endpointRoutes(stage));
  app.route("/", deadLetterRoutes(stage));
  app.route("/", keyRoutes(stage));
  app.all("*", (c) => renderFailure(c, stage, "notFound"));
  app.onError((thrown, c) => {
    const refusal = refusalOf(c, deps, thrown);
    if (!refusal) return renderFailure(c, stage, "broken");
    retryAfter(c, refusal);
    if (refusal.kind === "unavailable") return renderFailure(c, stage, "away");
    if (refusal.kind === "forbidden") return renderFailure(c, stage, "forbidden");
    if (refusal.kind === "not_found") return renderFailure(c, stage, "notFound");
    return renderFailure(c, stage, "refused");
  });
  return app;
}

/** PostgreSQL rejects text with NUL, so a request with it would fail with an internal error. */
async function refuseNul(c: Context<AdminEnv>, next: Next): Promise<void> {
  const typed = c.req.method === "POST" ? Object.values(await c.req.parseBody()) : [];
  const isIn = (text: unknown) => typeof text === "string" && text.includes("\0");
  if (c.req.url.includes("%00") || typed.some(isIn))
    throw new AppError("invalid", "invalid_request", "The request contains a NUL character");
  await next();
}

function tooLarge(): never {
  throw new AppError(
    "too_large",
    "body_too_large",
    "The form is larger than any form of the console",
  );
}
