import { Hono } from "hono";
import { metricsText, type Metric } from "@payflow/shared/http";
import { requireMerchant, type CallerVariables } from "./caller.ts";

export type MetricsDeps = {
  readonly listMetrics: () => Promise<readonly Metric[]>;
};

/** Figures for Prometheus, for whoever has the merchant's key. */
export function metricsRoutes(deps: MetricsDeps): Hono<{ Variables: CallerVariables }> {
  return new Hono<{ Variables: CallerVariables }>().get("/metrics", async (c) => {
    requireMerchant(c.get("caller"));
    return c.text(metricsText(await deps.listMetrics()), 200, {
      "Content-Type": "text/plain; version=0.0.4",
    });
  });
}
