import type * as v from "valibot";
import { anybody, figures } from "@payflow/access";
import { at, metricsType, readiness, reply } from "@payflow/shared/http";
import { route } from "./api_route.ts";
import { Health, Metrics, Readiness } from "./api_schemas.ts";

export const operationRoutes = [
  route({
    ...at("GET /metrics", "getMetrics", "operations"),
    summary: "Metrics for Prometheus",
    caller: figures,
    answers: {
      200: { description: "In Prometheus's text format", schema: Metrics, type: metricsType },
    },
    handle: async (_, deps) => reply(200, await deps.metrics.text()),
  }),
  route({
    ...at("GET /healthz", "getHealth", "operations"),
    summary: "Is the process alive?",
    caller: anybody,
    answers: { 200: { description: "Alive", schema: Health } },
    handle: () => reply(200, { status: "ok" }),
  }),
  route({
    ...at("GET /readyz", "getReadiness", "operations"),
    summary: "Can orders be taken?",
    caller: anybody,
    answers: {
      200: { description: "Yes; degraded while Kafka or payment is down", schema: Readiness },
      503: { description: "No: the database is down", schema: Readiness },
    },
    async handle(_, deps) {
      const { status, body } = await readiness(deps.health);
      return reply(status, body as v.InferInput<typeof Readiness>);
    },
  }),
];
