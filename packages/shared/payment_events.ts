import * as v from "valibot";
import { PaymentSnapshot } from "./payment_snapshot.ts";
import { EventId, IsoTime } from "./text.ts";

export const paymentEventTypes = [
  "PaymentConfirmed",
  "PaymentDeclined",
  "PaymentAwaitingDeposit",
  "PaymentCanceled",
  "PaymentExpired",
] as const;
export type PaymentEventType = (typeof paymentEventTypes)[number];

/** Payment's events. Each one has the whole snapshot, so that it can be applied alone. */
export const PaymentEvent = v.object({
  eventId: EventId,
  eventType: v.picklist(paymentEventTypes),
  occurredOn: IsoTime,
  ...PaymentSnapshot.entries,
});
export type PaymentEvent = v.InferOutput<typeof PaymentEvent>;
