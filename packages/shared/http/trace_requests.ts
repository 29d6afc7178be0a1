import type { MiddlewareHandler } from "hono";
import { inSpan, inTrace, type Tracer } from "@payflow/outbox";
import { routeOf } from "./observe_requests.ts";

const untraced = ["/healthz", "/readyz", "/metrics"];

/** Runs each request in its caller's trace or in a new one, as a span where there is a tracer. */
export function traceRequests(tracer: Tracer | undefined): MiddlewareHandler {
  return (c, next) => {
    const given = c.req.header("traceparent");
    const { method, path } = c.req;
    if (tracer === undefined || untraced.includes(path)) return inTrace(given, next);
    const route = routeOf(c);
    const about = () => ({
      name: `${method} ${route}`,
      kind: "server" as const,
      parent: given,
      attributes: { "http.request.method": method, "http.route": route, "url.path": path },
    });
    return inSpan(tracer, about, async (span) => {
      await next();
      span?.set({ "http.response.status_code": c.res.status });
    });
  };
}
