import * as v from "valibot";
import { IsoTime } from "./text.ts";

/** Who asked for something: the browser session that placed the order, or the merchant. */
export type Actor = "shopper" | "merchant";

/** One thing that happened to an order or its payment, for operators. */
export const HistoryEntry = v.object({
  at: IsoTime,
  part: v.picklist(["order", "payment"]),
  version: v.number(),
  status: v.string(),
  /** The use case that decided it. */
  cause: v.string(),
  /** More about it: the provider's code, the paymentKey, who asked for it. */
  detail: v.unknown(),
  events: v.array(
    v.object({
      eventId: v.string(),
      eventType: v.string(),
      isPublished: v.boolean(),
    }),
  ),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;
