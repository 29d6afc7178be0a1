import * as v from "valibot";
import { IsoTime } from "./text.ts";

/** Who asked for something: the browser session that placed the order, or the merchant. */
export type Actor = "shopper" | "merchant";

/** One thing that happened to an order or its payment, for operators. */
export const HistoryEntry = v.object({
  at: IsoTime,
  part: v.picklist(["order", "payment"]),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  status: v.pipe(v.string(), v.description("Of the order or of the payment, as `part` says")),
  cause: v.pipe(v.string(), v.description("The use case that decided it")),
  detail: v.pipe(
    v.unknown(),
    v.description("The provider's code, the paymentKey, who asked for it"),
  ),
  events: v.array(
    v.object({
      eventId: v.pipe(v.string(), v.uuid()),
      eventType: v.string(),
      isPublished: v.boolean(),
    }),
  ),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;
