import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { AppError } from "@payflow/shared";
import { inTrace } from "@payflow/outbox";
import {
  createKeyGuard,
  healthRoutes,
  nothingAt,
  problem,
  problemHandler,
  type Logger,
} from "@payflow/shared/http";
import type { EraseDeps } from "../application/erase_customers.ts";
import { limitCallsAtOnce } from "./calls_at_once.ts";
import { identifyCaller, type CallerVariables } from "./caller.ts";
import { clientAddressReader } from "./client_address.ts";
import { customerRoutes } from "./customer_routes.ts";
import { docsRoutes } from "./docs_routes.ts";
import { readErrorCodes } from "./error_codes.ts";
import { readFormInTime } from "./form_body.ts";
import { historyRoutes, type HistoryDeps } from "./history_routes.ts";
import { knownHosts } from "./known_hosts.ts";
import { knownParameters } from "./known_parameters.ts";
import { metricsRoutes, type MetricsDeps } from "./metrics_routes.ts";
import { orderRoutes, type OrderRoutesDeps } from "./order_routes.ts";
import { pageViewer, type PageViewer } from "./pages.ts";
import { refundRoutes } from "./refund_routes.ts";
import { refuseCrossSite, securityHeaders } from "./security.ts";
import { webhookRoutes } from "./webhook_routes.ts";

export type OrderAppConfig = {
  readonly publicUrl: string;
  readonly sessionSecret: string;
  readonly merchantApiKey: string;
  readonly trustedProxies: readonly string[];
  readonly rateLimitPerMinute: number;
};

type Env = {
  Variables: CallerVariables & { viewer: PageViewer };
  /** The address at the other end of the connection. */
  Bindings: { peer: string };
};

/** All that is on order's port, each route behind the checks that it needs; `pages` answers whatever is left. */
export function orderApp(
  config: OrderAppConfig,
  parts: {
    readonly routes: OrderRoutesDeps & EraseDeps & HistoryDeps & MetricsDeps;
    readonly health: Parameters<typeof healthRoutes>[0];
    readonly pages: Hono;
    readonly log: Logger;
  },
): Hono<Env> {
  const { publicUrl } = config;
  const isHttps = publicUrl.startsWith("https://");
  const docsUrl = `${publicUrl}/docs/errors`;
  const readAddress = clientAddressReader(config.trustedProxies);
  const merchantKey = createKeyGuard({
    name: "merchant key",
    keys: [config.merchantApiKey],
    log: parts.log,
  });
  const app = new Hono<Env>();
  return app
    .use(requestId())
    .use((c, next) => inTrace(c.req.header("traceparent"), next))
    .use(securityHeaders(isHttps))
    .use(knownHosts(publicUrl))
    .use(
      methodNotAllowed({
        app: namedRoutes(app),
        onMethodNotAllowed(c, methods) {
          const allow = methods.join(", ");
          c.header("Allow", allow);
          return problem(c, methodRefused(c.req.path, allow), docsUrl);
        },
      }),
    )
    .use(knownParameters())
    .route("/", healthRoutes(parts.health))
    .route("/", docsRoutes({ publicUrl, errorCodes: readErrorCodes() }))
    .use(async (c, next) => {
      const forwardedFor = c.req.header("X-Forwarded-For");
      c.set("clientAddress", readAddress(c.env.peer, forwardedFor));
      await next();
    })
    .route("/", webhookRoutes(parts.routes.payments, config))
    .use(
      identifyCaller({
        sessionSecret: config.sessionSecret,
        merchantKey,
        isHttps,
        now: () => parts.routes.now(),
      }),
    )
    .use(refuseCrossSite(publicUrl))
    .use(limitCallsAtOnce(config.rateLimitPerMinute > 0))
    .use(async (c, next) => {
      c.set("viewer", pageViewer(c.get("caller"), c.get("clientAddress")));
      await next();
    })
    .route("/", orderRoutes(parts.routes))
    .route("/", refundRoutes(parts.routes))
    .route("/", historyRoutes(parts.routes))
    .route("/", customerRoutes(parts.routes))
    .route("/", metricsRoutes(parts.routes))
    .all("/api/*", (c) => problem(c, nothingAt(c.req.path), docsUrl))
    .use(readFormInTime())
    .route("/", parts.pages)
    .onError(problemHandler(parts.log, docsUrl)) as typeof app;
}

/** Routes for any path are checks, not answers: they say nothing about which methods a path has. */
function namedRoutes<App extends Hono<Env>>(app: App): App {
  return {
    get routes() {
      return app.routes.filter(({ path }) => !path.includes("*"));
    },
  } as App;
}

function methodRefused(path: string, allow: string): AppError {
  return new AppError("method_not_allowed", "method_not_allowed", `${path} takes ${allow}`);
}
