import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Metrics } from "./metrics.ts";

/** Observes each request once, by its route's pattern: a raw path would make a time series of every order. */
export function observeRequests({ request }: Pick<Metrics, "request">): MiddlewareHandler {
  return async (c, next) => {
    const sinceMs = performance.now();
    await next();
    // Bun knows a few dozen methods, and takes no others
    const labels = { method: c.req.method, route: routeOf(c), status: String(c.res.status) };
    request(labels, (performance.now() - sinceMs) / 1_000);
  };
}

/** The pattern of the route that a request's path has, `none` where there is none. */
export function routeOf(c: Context): string {
  return matchedRoutes(c).find(({ path }) => !path.includes("*"))?.path ?? "none";
}
