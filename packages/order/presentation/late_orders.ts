import { apiHeaders } from "@payflow/access";
import { UnavailableError } from "@payflow/database";
import type { AppError } from "@payflow/shared";
import { asAppError, problemParts } from "@payflow/shared/http";
import type { App, ErrorReporter } from "@payflow/shared/http";
import type { OrderConfig } from "../config.ts";
import type { ApiDeps } from "./api_route.ts";

/**
 * Refuses orders under overload before any other work, the framework's included: at thousands of refusals a second,
 * each one delays the accepted orders.
 */
export function refuseLateOrders(
  app: App,
  { publicUrl }: Pick<OrderConfig, "publicUrl">,
  { orders, metrics, report }: Pick<ApiDeps, "orders" | "metrics" | "report">,
): App {
  const overloaded = asAppError(new UnavailableError("overloaded")) as AppError;
  const labels = { method: "POST", route: "/api/orders", status: "503" };
  const common = apiHeaders(publicUrl.startsWith("https://"));
  const docsUrl = `${publicUrl}/docs/errors`;
  const isPlacing = ({ method, url }: Request) =>
    method === labels.method && new URL(url).pathname === labels.route;
  return {
    fetch(request, bindings) {
      if (!orders.isLate() || !isPlacing(request)) return app.fetch(request, bindings);
      metrics.request(labels, 0);
      report(overloaded, { path: labels.route });
      const given = request.headers.get("X-Request-Id") ?? "";
      const requestId = plainId.test(given) ? given : crypto.randomUUID();
      const { headers, body, status } = problemParts(overloaded, { requestId, docsUrl });
      return new Response(body, {
        status,
        headers: { ...common, ...headers, "X-Request-Id": requestId },
      });
    },
  };
}

/** The X-Request-Id values that Hono's middleware accepts. */
const plainId = /^[\w\-=]{1,255}$/;
