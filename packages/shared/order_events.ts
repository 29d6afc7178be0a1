import * as v from "valibot";
import { Currency, PositiveWon, Won } from "./money.ts";
import { OrderNumber } from "./order_number.ts";
import { EventId, IsoTime, OrderId } from "./text.ts";

export const OrderItem = v.object({
  productId: v.string(),
  name: v.string(),
  unitPrice: Won,
  /** The part of `unitPrice` that bears no VAT, in won; absent: none. */
  taxFreeAmount: v.exactOptional(Won),
  quantity: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});
export type OrderItem = v.InferOutput<typeof OrderItem>;

/** What payment must know of an order. In calls too, so that a payment can begin before OrderCreated arrives. */
export const OrderFacts = v.object({
  orderId: OrderId,
  orderName: v.string(),
  amount: PositiveWon,
  /** The part of `amount` that bears no VAT. An older order service leaves it out. */
  taxFreeAmount: v.optional(Won, 0),
  currency: Currency,
  expiresAt: IsoTime,
});
export type OrderFacts = v.InferOutput<typeof OrderFacts>;

const eventHead = { eventId: EventId, occurredOn: IsoTime };

/** Optional, because topics may still hold events from before these fields existed. */
const named = {
  orderNumber: v.exactOptional(OrderNumber),
  merchantReference: v.exactOptional(v.nullable(v.string())),
};

/** An integrator's own data on an order. */
export const Metadata = v.record(v.string(), v.string());
export type Metadata = v.InferOutput<typeof Metadata>;

export const OrderCreated = v.object({
  ...eventHead,
  eventType: v.literal("OrderCreated"),
  ...OrderFacts.entries,
  ...named,
  items: v.array(OrderItem),
  metadata: v.exactOptional(Metadata),
});
export type OrderCreated = v.InferOutput<typeof OrderCreated>;

const sums = {
  orderId: OrderId,
  ...named,
  amount: PositiveWon,
  refundedAmount: Won,
  currency: Currency,
};

const announced = <const Type extends string>(type: Type) =>
  v.object({ ...eventHead, eventType: v.literal(type), ...sums });

/** Order's events. Payment consumes OrderCreated; the others are for fulfilment, mails and reports. */
export const OrderEvent = v.variant("eventType", [
  OrderCreated,
  announced("OrderConfirmed"),
  announced("OrderCanceled"),
  announced("OrderExpired"),
  announced("OrderRefunded"),
]);
export type OrderEvent = v.InferOutput<typeof OrderEvent>;
export type OrderEventType = OrderEvent["eventType"];
export const orderEventTypes = OrderEvent.options.map(({ entries }) => entries.eventType.literal);
