import { described } from "@payflow/access";
import { IsoTime, OrderId, orderEventTypes, storableText } from "@payflow/shared";
import * as v from "valibot";

export { OrderWebhook } from "./order_webhook.ts";

// API schemas, exported under their names in the OpenAPI document.

const eventType = v.picklist(orderEventTypes);
const url = v.pipe(v.string(), v.maxLength(2_048), v.examples(["https://shop.example/hooks"]));
const description = v.union([storableText(200), v.literal("")]);
const eventTypes = described(
  v.nullable(v.pipe(v.array(eventType), v.minLength(1), v.maxLength(orderEventTypes.length))),
  "Null: all, including types that are added later",
);

export const WebhookEndpoint = v.strictObject({
  endpointId: v.pipe(v.string(), v.uuid()),
  url,
  description: v.string(),
  eventTypes: v.nullable(v.array(eventType)),
  createdAt: IsoTime,
  disabledAt: described(v.nullable(IsoTime), "The endpoint gets nothing from then on"),
  disabledReason: described(
    v.nullable(v.picklist(["operator", "gone", "failing"])),
    "`gone`: it answered 410; `failing`: no success for five days",
  ),
  failingSince: described(v.nullable(IsoTime), "The first failure since the last success"),
  lastSuccessAt: described(v.nullable(IsoTime), "To the minute"),
  formerSecretUntil: described(v.nullable(IsoTime), "Until then the previous secret signs as well"),
});

export const WebhookEndpointList = v.strictObject({ endpoints: v.array(WebhookEndpoint) });

export const NewWebhookEndpoint = v.strictObject({
  url: described(url, "https, public, without a login; redirects are not followed"),
  eventTypes: v.optional(eventTypes, null),
  description: v.optional(description, ""),
});

export const WebhookEndpointChange = v.strictObject({
  url: v.optional(url),
  eventTypes: v.optional(eventTypes),
  description: v.optional(description),
  isEnabled: v.optional(
    described(
      v.boolean(),
      "When turned on, it gets waiting deliveries; `resend` sends the events since it was turned off",
    ),
  ),
});

export const MadeWebhookEndpoint = v.strictObject({
  secret: described(
    v.pipe(v.string(), v.examples(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])),
    "Shown only here; verify signatures with it (Standard Webhooks)",
  ),
  ...WebhookEndpoint.entries,
});

export const WebhookRotation = v.strictObject({
  formerForHours: described(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(168)), 24),
    "How long the previous secret signs as well",
  ),
});

const delivery = {
  eventId: described(v.pipe(v.string(), v.uuid()), "The header webhook-id"),
  eventType,
  orderId: OrderId,
  createdAt: described(IsoTime, "Of the event"),
  state: v.picklist(["waiting", "delivered", "gave_up"]),
  tries: v.pipe(v.number(), v.integer()),
  nextAt: described(v.nullable(IsoTime), "When the next try is due"),
  endedAt: v.nullable(IsoTime),
  lastStatus: described(v.nullable(v.number()), "Of the last try; null without a response"),
  lastError: v.nullable(v.string()),
};
export const WebhookDelivery = v.strictObject(delivery);

export const WebhookDeliveryList = v.strictObject({
  deliveries: v.array(WebhookDelivery),
  nextCursor: described(v.nullable(v.string()), "`cursor` of the next page; null on the last one"),
});

export const WebhookDeliveryDetail = v.strictObject({
  ...delivery,
  body: described(v.nullable(v.string()), "The body to send; null after the event was deleted"),
  log: described(
    v.array(
      v.strictObject({
        startedAt: IsoTime,
        durationMs: v.number(),
        status: v.nullable(v.number()),
        error: v.nullable(v.string()),
        response: described(v.nullable(v.string()), "The first 2 KB"),
      }),
    ),
    "Its tries, newest first, of the last thirty days",
  ),
});

export const WebhookResend = v.strictObject({
  since: described(IsoTime, "Of the events; they are kept for thirty days"),
  undeliveredOnly: described(v.optional(v.boolean(), false), "Skips delivered events"),
});

export const WebhookResent = v.strictObject({
  resent: described(v.pipe(v.number(), v.integer()), "The number of events to resend"),
  nextSince: described(
    v.nullable(v.string()),
    "`since` of the next call; null after the last event",
  ),
});

export const Removed = v.strictObject({ removed: v.literal(true) });
