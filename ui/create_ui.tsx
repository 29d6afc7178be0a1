import { Hono } from "hono";
import { AppError } from "@payflow/shared";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { loadAssets } from "./assets.ts";
import type { UiDeps } from "./contract.ts";
import { failurePage, notFoundPage } from "./pages/error_page.tsx";
import { orderRoutes } from "./routes/order_routes.tsx";
import { returnRoutes } from "./routes/return_routes.tsx";
import { shopRoutes } from "./routes/shop_routes.tsx";
import { siteRoutes } from "./routes/site_routes.tsx";
import { sceneOf, type Stage, type UiContext, type UiEnv } from "./scene.ts";

/**
 * All pages and what they load, to be mounted at `/` by a server that has set `UiVariables`, checked the origin of
 * forms and limited the size of bodies.
 */
export function createUi(deps: UiDeps): Hono<UiEnv> {
  const stage: Stage = { deps, assets: loadAssets() };
  const app = new Hono<UiEnv>();
  app.route("/", stage.assets.routes);
  app.route("/", shopRoutes(stage));
  app.route("/", orderRoutes(stage));
  app.route("/", returnRoutes(stage));
  app.route("/", siteRoutes(stage));
  app.get("/favicon.ico", (c) => c.redirect(stage.assets.url("icon.svg"), 302));
  app.notFound((c) => notFoundPage(c, sceneOf(c, stage), "page"));
  app.onError((error, c) => {
    if (!(error instanceof AppError)) console.error(error);
    return failurePage(c, sceneOf(c, stage), statusOf(error));
  });
  return app;
}

/** Pages for a server that finds no route, or refuses a request, before the pages are asked. */
export function createErrorPages(deps: UiDeps): {
  notFound(c: UiContext): Response | Promise<Response>;
  failure(
    c: UiContext,
    status: ContentfulStatusCode,
  ): Response | Promise<Response>;
} {
  const stage: Stage = { deps, assets: loadAssets() };
  return {
    notFound: (c) => notFoundPage(c, sceneOf(c, stage), "page"),
    failure: (c, status) => failurePage(c, sceneOf(c, stage), status),
  };
}

const statuses: Partial<Record<AppError["kind"], ContentfulStatusCode>> = {
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_many: 429,
  unavailable: 503,
};

function statusOf(error: Error): ContentfulStatusCode {
  if (!(error instanceof AppError)) return 500;
  return statuses[error.kind] ?? 400;
}
