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

/** What payment announces: every event carries the whole snapshot, so any one of them can be applied alone. */
export const PaymentEvent = v.object({
  eventId: EventId,
  eventType: v.picklist(paymentEventTypes),
  occurredOn: IsoTime,
  ...PaymentSnapshot.entries,
});
export type PaymentEvent = v.InferOutput<typeof PaymentEvent>;
