import * as v from "valibot";
import {
  EmailAddress,
  OrderId,
  PaymentKey,
  PositiveWon,
  orderStatuses,
  storableText,
} from "@payflow/shared";

const customer = {
  // as long as Toss takes it
  customerName: v.pipe(storableText(100), v.examples(["김토스"])),
  customerEmail: v.pipe(EmailAddress, v.examples(["kim@example.com"])),
};

const Line = v.strictObject({
  productId: v.pipe(storableText(64), v.examples(["dev-tool"])),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
});

/** Lines at the shop's prices. */
export const CartOrder = v.strictObject({
  items: v.pipe(v.array(Line), v.minLength(1), v.maxLength(50)),
  ...customer,
});
/** A name and a price that the merchant sets; Toss takes at least ₩100 by card. */
export const PricedOrder = v.strictObject({
  orderName: v.pipe(storableText(100), v.examples(["개발자 도구 1년"])),
  amount: v.pipe(PositiveWon, v.minValue(100), v.maxValue(1_000_000_000), v.examples([1000])),
  ...customer,
});

/** What Toss's window came back with; other members that its addresses carry are let pass. */
export const ConfirmInput = v.object({
  paymentKey: v.pipe(PaymentKey, v.examples(["tgen_20261122101112abcd1"])),
  orderId: OrderId,
  amount: v.pipe(PositiveWon, v.examples([1000])),
});

export const ListInput = v.strictObject({
  status: v.optional(v.picklist(orderStatuses)),
  cursor: v.optional(OrderId),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(100),
    ),
    "20",
  ),
});

/** 1–255 visible ASCII characters. */
export const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/));
