import { AppError } from "@payflow/shared";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { loadAssets } from "./assets.ts";
import type { UiDeps } from "./contract.ts";
import { failurePage, notFoundPage } from "./pages/error_page.tsx";
import { refusalOf, retryAfter } from "./refusal.ts";
import { noticeRoutes } from "./routes/notice_routes.ts";
import { findRoutes } from "./routes/find_routes.tsx";
import { orderRoutes } from "./routes/order_routes.tsx";
import { refundAccountRoutes } from "./routes/refund_account_routes.tsx";
import { refundRequestRoutes } from "./routes/refund_request_routes.tsx";
import { returnRoutes } from "./routes/return_routes.tsx";
import { shopRoutes } from "./routes/shop_routes.tsx";
import { siteRoutes } from "./routes/site_routes.tsx";
import { sceneOf, type Stage, type UiEnv } from "./scene.ts";

/** Ten times more than fifty lines, a name and an address need. */
const formBytesMax = 64 * 1024;

/**
 * All pages and their assets. Mount them at `/` after all other routes, because they answer every other path with a
 * "not found" page. The server must set `UiVariables` and check the origin of forms.
 */
export function createUi(deps: UiDeps): Hono<UiEnv> {
  const stage: Stage = { deps, assets: loadAssets() };
  const app = new Hono<UiEnv>();
  app.route("/", stage.assets.routes);
  app.on("POST", "*", bodyLimit({ maxSize: formBytesMax, onError: tooLarge }));
  app.route("/", shopRoutes(stage));
  app.route("/", findRoutes(stage));
  app.route("/", orderRoutes(stage));
  app.route("/", refundAccountRoutes(stage));
  app.route("/", refundRequestRoutes(stage));
  app.route("/", returnRoutes(stage));
  app.route("/", siteRoutes(stage));
  app.route("/", noticeRoutes());
  app.get("/favicon.ico", (c) => c.redirect(stage.assets.url("icon.svg"), 302));
  app.all("*", (c) => notFoundPage(c, sceneOf(c, stage), "page"));
  app.onError((thrown, c) => {
    const refusal = refusalOf(c, deps, thrown);
    if (refusal) retryAfter(c, refusal);
    const status = refusal ? (statuses[refusal.kind] ?? 400) : 500;
    return failurePage(c, sceneOf(c, stage), status);
  });
  return app;
}

function tooLarge(): never {
  throw new AppError(
    "too_large",
    "body_too_large",
    "The form is larger than any page of this shop sends",
  );
}

const statuses: Partial<Record<AppError["kind"], ContentfulStatusCode>> = {
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
};
