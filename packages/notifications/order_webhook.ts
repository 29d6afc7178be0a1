import * as v from "valibot";
import { IsoTime, OrderEvent } from "@payflow/shared";

const head = ["eventId", "eventType", "occurredOn"] as const;
const [created, confirmed, canceled, expired, refunded] = OrderEvent.options;

const webhookOf = <const Event extends (typeof OrderEvent.options)[number]>(event: Event) => {
  type Data = Omit<v.InferOutput<Event>, (typeof head)[number]>;
  const { eventType, ...entries } = event.entries;
  const data = v.omit(v.object(entries), ["eventId", "occurredOn"]);
  return v.object({
    type: eventType as Event["entries"]["eventType"],
    timestamp: IsoTime,
    data: data as unknown as v.GenericSchema<Data>,
  });
};

/** An order event as webhook endpoints get it: the payload that Standard Webhooks recommends. */
export const OrderWebhook = v.variant("type", [
  webhookOf(created),
  webhookOf(confirmed),
  webhookOf(canceled),
  webhookOf(expired),
  webhookOf(refunded),
]);
export type OrderWebhook = v.InferOutput<typeof OrderWebhook>;

/** The body of a webhook, from the event's JSON in `events` and Kafka; the same bytes on every try. */
export function orderWebhookBody(event: string): string {
  const { eventId: _, eventType, occurredOn, ...data } = JSON.parse(event) as OrderEvent;
  return JSON.stringify({ type: eventType, timestamp: occurredOn, data });
}
