import { Hono } from "hono";
import { contextStorage } from "hono/context-storage";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import {
  anybody,
  identifyCaller,
  type ApiEnv,
  type Caller,
  limitCallsAtOnce,
  clientAddressReader,
  knownHosts,
  readFormInTime,
  refuseCrossSite,
  securityHeaders,
} from "@payflow/access";
import {
  methodRefused,
  mount,
  noRoute,
  observeRequests,
  problem,
  problemHandler,
  staticFirst,
} from "@payflow/shared/http";
import { createDocs } from "@payflow/ui";
import type { OrderConfig } from "../config.ts";
import { apiDocument, errorCodes } from "./api_document.ts";
import { anyHostPaths, type ApiDeps } from "./api_route.ts";
import { apiRoutes } from "./api_routes.ts";

type Env = {
  Variables: ApiEnv["Variables"] & { viewer: Caller };
  /** The remote address of the connection. */
  Bindings: { peer: string };
};

/** The app on order's port: each route behind the checks that it needs; `pages` handles all other paths. */
export function orderApp(
  config: OrderConfig,
  parts: {
    readonly deps: ApiDeps;
    readonly pages: Hono;
    /** The operator console. */
    readonly console: Hono;
  },
): Hono<Env> {
  const { publicUrl, sessionSecret } = config;
  const { deps, console } = parts;
  const isHttps = publicUrl.startsWith("https://");
  const docsUrl = `${publicUrl}/docs/errors`;
  const readAddress = clientAddressReader(config.trustedProxies);

  const app = new Hono<Env>({ router: staticFirst() });
  app.onError(problemHandler(deps.report, docsUrl));
  app
    .use(observeRequests(deps.metrics, deps.tracer))
    .use(requestId())
    .use(securityHeaders(isHttps))
    .use(knownHosts(publicUrl, anyHostPaths))
    .use((c, next) => {
      c.set("clientAddress", readAddress(c.env.peer, c.req.header("X-Forwarded-For")));
      return next();
    });
  const { open = [], identified = [] } = Object.groupBy(apiRoutes, ({ caller }) =>
    caller === anybody ? "open" : "identified",
  );
  mount(app as never, open, deps);
  app
    .route("/", createDocs({ readApi: () => apiDocument(publicUrl) as never, errorCodes }))
    .use(identifyCaller({ ...deps.credentials, sessionSecret, isHttps, now: () => deps.now() }))
    .use(refuseCrossSite(publicUrl))
    .use(limitCallsAtOnce(config.rateLimitPerMinute > 0));
  mount(app as never, identified, deps);
  return app
    .use("/admin/*", readFormInTime(), contextStorage())
    .route("/admin", console)
    .all("/api/*", (c) => problem(c, noRoute(c.req.path), docsUrl))
    .use(
      methodNotAllowed({
        app: {
          // routes with a wildcard are middleware: they must not count as methods of a path
          get routes() {
            return app.routes.filter(({ path }) => !path.includes("*"));
          },
        } as typeof app,
        onMethodNotAllowed: (c, methods) => problem(c, methodRefused(c, methods), docsUrl),
      }),
    )
    .use(readFormInTime(), (c, next) => {
      c.set("viewer", c.get("caller"));
      return next();
    })
    .route("/", parts.pages) as typeof app;
}
