import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { inSpan, inTrace, type Tracer } from "@payflow/outbox";
import type { Metrics } from "./metrics.ts";

const untraced = ["/healthz", "/readyz", "/metrics"];

/** Observes each request once, by its route's pattern: raw paths would make one time series per order. */
export function observeRequests({ request }: Pick<Metrics, "request">): MiddlewareHandler {
  return async (c, next) => {
    const sinceMs = performance.now();
    await next();
    // Bun accepts a few dozen methods only, so the label's values are bounded
    const labels = { method: c.req.method, route: routeOf(c), status: String(c.res.status) };
    request(labels, (performance.now() - sinceMs) / 1_000);
  };
}

/** Runs each request in its caller's trace or in a new one; as a span if there is a tracer. */
export function traceRequests(tracer: Tracer | undefined): MiddlewareHandler {
  return (c, next) => {
    const given = c.req.header("traceparent");
    const { method, path } = c.req;
    if (tracer === undefined || untraced.includes(path)) return inTrace(given, next);
    const route = routeOf(c);
    const spanOptions = () => ({
      name: `${method} ${route}`,
      kind: "server" as const,
      parent: given,
      attributes: { "http.request.method": method, "http.route": route, "url.path": path },
    });
    return inSpan(tracer, spanOptions, async (span) => {
      await next();
      span?.set({ "http.response.status_code": c.res.status });
    });
  };
}

/** The pattern of the matched route; `none` without a match. */
function routeOf(c: Context): string {
  return matchedRoutes(c).find(({ path }) => !path.includes("*"))?.path ?? "none";
}
