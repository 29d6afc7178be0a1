import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import { readQuery } from "@payflow/shared/http";
import { operations } from "./openapi/operations.ts";

const NoParameters = v.strictObject({});

/** What stands for one operation's paths, `{orderId}` for any segment. */
const described = operations.map(({ method, path, query }) => ({
  method: method.toUpperCase(),
  path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  parameters: query ?? NoParameters,
}));

/**
 * Refuses a query that a described route does not know: a slip in a filter's name must not mean "without a filter".
 * Pages take any, since links come with parameters of others (utm_…). Throws AppError `invalid_request`.
 */
export function knownParameters(): MiddlewareHandler {
  return async (c, next) => {
    if (!c.req.url.includes("?")) return await next();
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    const route = described.find((one) => one.method === method && one.path.test(c.req.path));
    if (route !== undefined) readQuery(c, route.parameters);
    await next();
  };
}
