import * as v from "valibot";
import {
  OrderId,
  PaymentKey,
  PositiveWon,
  orderStatuses,
  storableText,
} from "@payflow/shared";

const customer = {
  customerName: storableText(50),
  customerEmail: v.pipe(storableText(100), v.email()),
};

const Line = v.strictObject({
  productId: storableText(64),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
});

/** Lines at the shop's prices. */
export const CartOrder = v.strictObject({
  items: v.pipe(v.array(Line), v.minLength(1), v.maxLength(50)),
  ...customer,
});
/** A name and a price that the merchant sets; Toss takes at least ₩100 by card. */
export const PricedOrder = v.strictObject({
  orderName: storableText(100),
  amount: v.pipe(PositiveWon, v.minValue(100), v.maxValue(1_000_000_000)),
  ...customer,
});

export const ConfirmInput = v.object({
  paymentKey: PaymentKey,
  orderId: OrderId,
  amount: PositiveWon,
});

export const ListInput = v.object({
  status: v.optional(v.picklist(orderStatuses)),
  cursor: v.optional(OrderId),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(100),
    ),
    "20",
  ),
});

/** 1–255 visible ASCII characters. */
export const IdempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/),
);
