import { toJsonSchema, type ConversionConfig } from "@valibot/to-json-schema";
import {
  eventSchemaUri,
  OrderEvent,
  PaymentEvent,
  paymentEventTypes,
  type OrderEventType,
  type PaymentEventType,
} from "@payflow/shared";

// /asyncapi.json: both services' topics, from the schemas that their messages are parsed with.

/** When each event is published; each event type is a topic of the same name. */
export const occasions: Readonly<Record<OrderEventType | PaymentEventType, string>> = {
  OrderCreated: "an order has been placed",
  OrderConfirmed: "it is paid: ship it",
  OrderCanceled: "it was cancelled before it was paid",
  OrderExpired: "its payment period is over",
  OrderRefunded: "money was refunded, in part or in full",
  PaymentConfirmed: "Toss holds the money",
  PaymentDeclined: "an attempt ended without a charge; the order can be paid again",
  PaymentAwaitingDeposit: "a virtual account waits for its deposit, or a deposit was taken back",
  PaymentCanceled: "money was refunded, or an unpaid payment was closed",
  PaymentExpired: "the payment period is over",
};

const ref = (path: string) => ({ $ref: `#/${path}` });
// JSON Schema cannot express these rules: text is trimmed, in NFC, and without control characters
const config: ConversionConfig = {
  target: "draft-07",
  ignoreActions: ["trim", "check", "normalize", "transform"],
};

const schemas = Object.fromEntries([
  ...OrderEvent.options.map((schema) => {
    const type = schema.entries.eventType.literal;
    return [type, { $id: eventSchemaUri(type), ...plain(schema) }] as const;
  }),
  ...paymentEventTypes.map((type) => {
    const { properties, ...rest } = plain(PaymentEvent);
    const own = { ...properties, eventType: { const: type } };
    return [type, { $id: eventSchemaUri(type), ...rest, properties: own }] as const;
  }),
]);

function plain(schema: Parameters<typeof toJsonSchema>[0]) {
  const { $schema: _, ...rest } = toJsonSchema(schema, config);
  return rest;
}

const text = (description: string, rules: object = {}) => ({
  type: "string",
  description,
  ...rules,
});

const headersOf = (type: string, service: string) => ({
  type: "object",
  required: [
    ...["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"],
    ...["ce_dataschema", "content-type", "outbox_signature"],
  ],
  properties: {
    ce_specversion: { const: "1.0" },
    ce_id: text("The `eventId`: the same in every copy", { format: "uuid" }),
    ce_type: { const: type },
    ce_source: { const: `/payflow/${service}` },
    ce_subject: text("The order's id, as the message's key", { format: "uuid" }),
    ce_time: text("The `occurredOn`", { format: "date-time" }),
    ce_dataschema: { const: eventSchemaUri(type) },
    "content-type": { const: "application/json" },
    outbox_signature: text("The signature by which the two services verify events", {
      pattern: "^v1=",
    }),
    traceparent: text("The W3C trace context of the call that caused the event"),
  },
});

/** The topics as AsyncAPI 3.0. Brokers are not listed: clients with read access know their addresses. */
export function asyncDocument() {
  const topics = Object.entries(occasions).map(([type, occasion]) => {
    const service = type.startsWith("Order") ? "order" : "payment";
    return { type, service, summary: occasion[0]?.toUpperCase() + occasion.slice(1) };
  });
  const byType = (of: (topic: (typeof topics)[number]) => object) =>
    Object.fromEntries(topics.map((topic) => [topic.type, of(topic)]));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "PayFlow's events",
      version: "1",
      description:
        "CloudEvents in Kafka's binary mode, one topic for each type. Delivered at least once: deduplicate by `ce_id`. The events of one order are in order within one topic. Fields may be added: ignore those you don't know.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    channels: byType(({ type, summary }) => ({
      address: type,
      summary,
      messages: { [type]: ref(`components/messages/${type}`) },
    })),
    operations: Object.fromEntries(
      topics.map(({ type, summary, service }) => [
        `publish${type}`,
        { action: "send", summary, tags: [{ name: service }], channel: ref(`channels/${type}`) },
      ]),
    ),
    components: {
      messages: byType(({ type, service, summary }) => ({
        name: type,
        summary,
        headers: headersOf(type, service),
        payload: ref(`components/schemas/${type}`),
        bindings: {
          kafka: { key: text("The order's id", { format: "uuid" }), bindingVersion: "0.5.0" },
        },
      })),
      schemas,
    },
  };
}
