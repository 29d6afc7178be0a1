import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { inSpan, noTracer, type Tracer } from "@payflow/outbox";
import type { Metrics } from "./metrics.ts";

const untraced = ["/healthz", "/readyz", "/metrics"];

/**
 * Runs each request as a span of its caller's trace or of a new one, and observes it once, by its route's pattern: raw
 * paths would make one time series per order.
 */
export function observeRequests(
  { request }: Pick<Metrics, "request">,
  tracer: Tracer,
): MiddlewareHandler {
  return async (c, next) => {
    const sinceMs = performance.now();
    const { method, path } = c.req;
    const route = routeOf(c);
    const about = {
      name: `${method} ${route}`,
      kind: "server",
      parent: c.req.header("traceparent"),
      attributes: { "http.request.method": method, "http.route": route, "url.path": path },
    } as const;
    await inSpan(untraced.includes(path) ? noTracer : tracer, about, async (span) => {
      await next();
      span.set({ "http.response.status_code": c.res.status });
    });
    // Bun accepts a few dozen methods only, so the label's values are bounded
    const labels = { method, route, status: String(c.res.status) };
    request(labels, (performance.now() - sinceMs) / 1_000);
  };
}

/** The pattern of the matched route; `none` without a match. */
function routeOf(c: Context): string {
  return matchedRoutes(c).find(({ path }) => !path.includes("*"))?.path ?? "none";
}
