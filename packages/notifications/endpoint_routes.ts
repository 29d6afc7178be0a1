import { admin, operator, pathId, reader, type ApiEnv } from "@payflow/access";
import { AppError, type OrderEventType } from "@payflow/shared";
import { at, json, reply, routesOf } from "@payflow/shared/http";
import * as v from "valibot";
import * as schemas from "./endpoint_schemas.ts";
import { orderWebhookBody } from "./order_webhook.ts";
import type { Deliveries, Delivery } from "./postgres_deliveries.ts";
import { webhookEndpointNotFound, type Endpoints } from "./postgres_endpoints.ts";

/** The dependencies of the routes and the console. */
export type NotificationDeps = { readonly endpoints: Endpoints; readonly deliveries: Deliveries };

const endpointId = pathId(webhookEndpointNotFound);
const eventId = pathId(deliveryNotFound);

const pageMax = 100;
const endpoints = "/api/webhook-endpoints" as const;
const one = `${endpoints}/:endpointId` as const;

const route = routesOf<ApiEnv, NotificationDeps>();

/** Webhook endpoints (the shop's own servers that get order events) and the deliveries to each. */
export const webhookEndpointRoutes = [
  route({
    ...at(`GET ${endpoints}`, "listWebhookEndpoints", "webhooks"),
    summary: "List webhook endpoints",
    caller: reader,
    answers: { 200: { description: "All of them", schema: schemas.WebhookEndpointList } },
    handle: async (_, { endpoints: known }) => reply(200, { endpoints: await known.list() }),
  }),
  route({
    ...at(`POST ${endpoints}`, "createWebhookEndpoint", "webhooks"),
    summary: "Add a webhook endpoint",
    description:
      "It gets all later order events by POST, signed as in Standard Webhooks. Only this response shows `secret`. A call that is repeated with the same Idempotency-Key and body within a day gets it again, unless the endpoint was changed, rotated or removed since.",
    caller: admin,
    key: "optional",
    body: json(schemas.NewWebhookEndpoint),
    answers: { 201: { description: "The endpoint", schema: schemas.MadeWebhookEndpoint } },
    refusals: ["webhook_endpoints_full", "idempotency_key_reused"],
    handle: async ({ key, body }, deps) => reply(201, await deps.endpoints.create(body, { key })),
  }),
  route({
    ...at(`GET ${one}`, "getWebhookEndpoint", "webhooks"),
    summary: "Show a webhook endpoint",
    caller: reader,
    params: { endpointId },
    answers: { 200: { description: "The endpoint", schema: schemas.WebhookEndpoint } },
    handle: async ({ params }, deps) => reply(200, await deps.endpoints.find(params.endpointId)),
  }),
  route({
    ...at(`POST ${one}`, "changeWebhookEndpoint", "webhooks"),
    summary: "Change a webhook endpoint, turn it off or on",
    description: "Omitted fields are not changed. Waiting deliveries go to the new address.",
    caller: admin,
    params: { endpointId },
    body: json(schemas.WebhookEndpointChange),
    answers: { 200: { description: "The endpoint", schema: schemas.WebhookEndpoint } },
    handle: async ({ params, body }, deps) =>
      reply(200, await deps.endpoints.change(params.endpointId, body)),
  }),
  route({
    ...at(`POST ${one}/rotate`, "rotateWebhookSecret", "webhooks"),
    summary: "Create a new secret",
    description:
      "For `formerForHours` hours webhooks are signed with both secrets, so none fails during the change. Only this response shows `secret`.",
    caller: admin,
    params: { endpointId },
    body: json(schemas.WebhookRotation),
    answers: { 200: { description: "The endpoint", schema: schemas.MadeWebhookEndpoint } },
    handle: async ({ params, body }, deps) =>
      reply(200, await deps.endpoints.rotate(params.endpointId, body.formerForHours)),
  }),
  route({
    ...at(`POST ${one}/remove`, "removeWebhookEndpoint", "webhooks"),
    summary: "Remove a webhook endpoint",
    description: "Waiting deliveries are not sent.",
    caller: admin,
    params: { endpointId },
    answers: { 200: { description: "Removed", schema: schemas.Removed } },
    async handle({ params }, deps) {
      await deps.endpoints.remove(params.endpointId);
      return reply(200, { removed: true });
    },
  }),
  route({
    ...at(`GET ${one}/deliveries`, "listWebhookDeliveries", "webhooks"),
    summary: "List the deliveries to an endpoint, newest first",
    caller: reader,
    params: { endpointId },
    query: v.strictObject({
      state: v.optional(v.picklist(["waiting", "delivered", "gave_up"])),
      cursor: v.optional(v.pipe(v.string(), v.maxLength(200))),
    }),
    answers: { 200: { description: "A page", schema: schemas.WebhookDeliveryList } },
    async handle({ params, query: { state, cursor } }, deps) {
      const { endpointId: of } = await deps.endpoints.find(params.endpointId);
      const page = { state, after: cursor, limit: pageMax };
      const { rows, next } = await deps.deliveries.list(of, page);
      return reply(200, { deliveries: rows.map(deliveryJson), nextCursor: next });
    },
  }),
  route({
    ...at(`GET ${one}/deliveries/:eventId`, "getWebhookDelivery", "webhooks"),
    summary: "Show one delivery with its tries",
    caller: reader,
    params: { endpointId, eventId },
    answers: { 200: { description: "The delivery", schema: schemas.WebhookDeliveryDetail } },
    async handle({ params }, { deliveries }) {
      const { delivery, ...shown } = await webhookDelivery(params, deliveries);
      return reply(200, { ...deliveryJson(delivery), ...shown });
    },
  }),
  route({
    ...at(`POST ${one}/deliveries/:eventId/resend`, "resendWebhook", "webhooks"),
    summary: "Send one event again",
    description: "Sent at once, then retried by the whole schedule. The webhook-id is the same.",
    caller: operator,
    params: { endpointId, eventId },
    answers: { 200: { description: "The delivery", schema: schemas.WebhookDelivery } },
    async handle({ params }, { deliveries }) {
      await deliveries.resend(params.endpointId, params.eventId);
      return reply(200, deliveryJson((await webhookDelivery(params, deliveries)).delivery));
    },
  }),
  route({
    ...at(`POST ${one}/resend`, "resendWebhooks", "webhooks"),
    summary: "Send all events since a time again",
    description:
      "Includes events from while the endpoint was off. About 5,000 a call: continue with `nextSince` until it is null.",
    caller: operator,
    params: { endpointId },
    body: json(schemas.WebhookResend),
    answers: { 200: { description: "How many", schema: schemas.WebhookResent } },
    async handle({ params, body }, deps) {
      const { endpointId: of } = await deps.endpoints.find(params.endpointId);
      const { resent, next } = await deps.deliveries.resendSince(of, body);
      return reply(200, { resent, nextSince: next });
    },
  }),
];

/** A delivery as the API shows it. */
function deliveryJson({ id, kind, ...delivery }: Delivery) {
  return { eventId: id, eventType: kind as OrderEventType, ...delivery };
}

/** The delivery of an event to an endpoint, with its body and tries. Throws AppError `webhook_delivery_not_found`. */
export async function webhookDelivery(
  { endpointId, eventId: id }: { readonly endpointId: string; readonly eventId: string },
  deliveries: Deliveries,
) {
  const found = await deliveries.find(endpointId, id);
  if (found === undefined) throw deliveryNotFound(id);
  const { delivery, log, event } = found;
  return { delivery, log, body: event === null ? null : orderWebhookBody(event) };
}

export function deliveryNotFound(id: string): AppError {
  const text = `This endpoint has no delivery of the event "${id}"`;
  return new AppError("not_found", "webhook_delivery_not_found", text);
}
