import { admin, operator, reader } from "@payflow/access";
import { isOrderId, orderWebhookBody } from "@payflow/shared";
import { at, json, reply, type PathParameter } from "@payflow/shared/http";
import * as v from "valibot";
import {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  findWebhookEndpoint,
  foundDelivery,
  removeWebhookEndpoint,
  rotateWebhookSecret,
  webhookEndpointNotFound,
} from "../application/webhook_endpoints.ts";
import { route } from "./api_route.ts";
import {
  MadeWebhookEndpoint,
  NewWebhookEndpoint,
  Removed,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookEndpoint,
  WebhookEndpointChange,
  WebhookEndpointList,
  WebhookResend,
  WebhookResent,
  WebhookRotation,
} from "./webhook_schemas.ts";

const id = (refuse: PathParameter["refuse"]): PathParameter => ({
  schema: v.pipe(v.string(), v.check(isOrderId, "is no id")),
  refuse,
});
const endpointId = id(webhookEndpointNotFound);
const eventId = id((given) => foundDelivery<never>(given, undefined));

const pageMax = 100;
const endpoints = "/api/webhook-endpoints" as const;
const one = `${endpoints}/:endpointId` as const;
const refusals = ["webhook_endpoint_not_found"];

/** Addresses of the shop's own servers that get order events, and what became of each event there. */
export const webhookEndpointRoutes = [
  route({
    ...at(`GET ${endpoints}`, "listWebhookEndpoints", "webhooks"),
    summary: "List webhook endpoints",
    caller: reader,
    answers: { 200: { description: "All of them", schema: WebhookEndpointList } },
    handle: async (_, { webhooks }) => reply(200, { endpoints: await webhooks.list() }),
  }),
  route({
    ...at(`POST ${endpoints}`, "createWebhookEndpoint", "webhooks"),
    summary: "Add a webhook endpoint",
    description:
      "From now on it gets order events by POST, signed as Standard Webhooks has it. `secret` is shown by this answer only.",
    caller: admin,
    body: json(NewWebhookEndpoint),
    answers: { 201: { description: "The endpoint", schema: MadeWebhookEndpoint } },
    refusals: ["webhook_endpoints_full"],
    async handle({ body }, deps) {
      const { secret, made } = await createWebhookEndpoint(body, deps);
      return reply(201, { secret, ...made });
    },
  }),
  route({
    ...at(`GET ${one}`, "getWebhookEndpoint", "webhooks"),
    summary: "Show a webhook endpoint",
    caller: reader,
    params: { endpointId },
    answers: { 200: { description: "The endpoint", schema: WebhookEndpoint } },
    refusals,
    handle: async ({ params }, deps) =>
      reply(200, await findWebhookEndpoint(params.endpointId, deps)),
  }),
  route({
    ...at(`POST ${one}`, "changeWebhookEndpoint", "webhooks"),
    summary: "Change a webhook endpoint, turn it off or on",
    description: "What is not given stays. The next try of what waits goes to the new address.",
    caller: admin,
    params: { endpointId },
    body: json(WebhookEndpointChange),
    answers: { 200: { description: "The endpoint", schema: WebhookEndpoint } },
    refusals,
    handle: async ({ params, body }, deps) =>
      reply(200, await changeWebhookEndpoint(params.endpointId, body, deps)),
  }),
  route({
    ...at(`POST ${one}/rotate`, "rotateWebhookSecret", "webhooks"),
    summary: "Make a new secret",
    description:
      "For `formerForHours` webhooks bear a signature of each, so a receiver changes over without a failed one. `secret` is shown by this answer only.",
    caller: admin,
    params: { endpointId },
    body: json(WebhookRotation),
    answers: { 200: { description: "The endpoint", schema: MadeWebhookEndpoint } },
    refusals,
    async handle({ params, body }, deps) {
      const { secret, rotated } = await rotateWebhookSecret({ ...params, ...body }, deps);
      return reply(200, { secret, ...rotated });
    },
  }),
  route({
    ...at(`POST ${one}/remove`, "removeWebhookEndpoint", "webhooks"),
    summary: "Remove a webhook endpoint",
    description: "What still waits for it is not sent.",
    caller: admin,
    params: { endpointId },
    answers: { 200: { description: "It is gone", schema: Removed } },
    refusals,
    async handle({ params }, deps) {
      await removeWebhookEndpoint(params.endpointId, deps);
      return reply(200, { removed: true });
    },
  }),
  route({
    ...at(`GET ${one}/deliveries`, "listWebhookDeliveries", "webhooks"),
    summary: "List what was sent to an endpoint, newest first",
    caller: reader,
    params: { endpointId },
    query: v.strictObject({
      state: v.optional(v.picklist(["waiting", "delivered", "gave_up"])),
      cursor: v.optional(v.pipe(v.string(), v.maxLength(200))),
    }),
    answers: { 200: { description: "A page", schema: WebhookDeliveryList } },
    refusals,
    async handle({ params, query: { state, cursor } }, deps) {
      await findWebhookEndpoint(params.endpointId, deps);
      const page = { state, after: cursor, limit: pageMax };
      const { rows, next } = await deps.webhooks.listDeliveries(params.endpointId, page);
      return reply(200, { deliveries: rows, nextCursor: next });
    },
  }),
  route({
    ...at(`GET ${one}/deliveries/:eventId`, "getWebhookDelivery", "webhooks"),
    summary: "Show one delivery with its tries",
    caller: reader,
    params: { endpointId, eventId },
    answers: { 200: { description: "The delivery", schema: WebhookDeliveryDetail } },
    refusals: ["webhook_delivery_not_found"],
    async handle({ params }, { webhooks }) {
      const found = await webhooks.findDelivery(params.endpointId, params.eventId);
      const { payload, ...shown } = foundDelivery(params.eventId, found);
      return reply(200, { ...shown, body: payload === null ? null : orderWebhookBody(payload) });
    },
  }),
  route({
    ...at(`POST ${one}/deliveries/:eventId/resend`, "resendWebhook", "webhooks"),
    summary: "Send one event again",
    description: "At once, and by the whole schedule if that fails. The webhook-id is the same.",
    caller: operator,
    params: { endpointId, eventId },
    answers: { 200: { description: "The delivery", schema: WebhookDelivery } },
    refusals: ["webhook_delivery_not_found"],
    async handle({ params }, { webhooks }) {
      const resent = await webhooks.resend(params.endpointId, params.eventId);
      return reply(200, foundDelivery(params.eventId, resent));
    },
  }),
  route({
    ...at(`POST ${one}/resend`, "resendWebhooks", "webhooks"),
    summary: "Send all events since a time again",
    description:
      "Also those that happened while the endpoint was off. 5,000 a call: go on with `nextSince` until it is null.",
    caller: operator,
    params: { endpointId },
    body: json(WebhookResend),
    answers: { 200: { description: "How many", schema: WebhookResent } },
    refusals,
    async handle({ params, body }, deps) {
      await findWebhookEndpoint(params.endpointId, deps);
      const { resent, next } = await deps.webhooks.resendSince(params.endpointId, body);
      return reply(200, { resent, nextSince: next });
    },
  }),
];
