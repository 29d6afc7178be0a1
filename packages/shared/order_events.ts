import * as v from "valibot";
import { Currency, PositiveWon, Won } from "./money.ts";
import { OrderNumber } from "./order_number.ts";
import { EventId, IsoTime, OrderId } from "./text.ts";

export const OrderItem = v.object({
  productId: v.string(),
  name: v.string(),
  unitPrice: Won,
  /** Won of the price of one piece that bear no VAT; absent: none. */
  taxFreeAmount: v.exactOptional(Won),
  quantity: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});
export type OrderItem = v.InferOutput<typeof OrderItem>;

/** What payment must know of an order. In OrderCreated, and in every call, so that a payment can begin before that event. */
export const OrderFacts = v.object({
  orderId: OrderId,
  orderName: v.string(),
  amount: PositiveWon,
  /** Of the amount, what bears no VAT. An order service of an earlier version leaves it out. */
  taxFreeAmount: v.optional(Won, 0),
  currency: Currency,
  expiresAt: IsoTime,
});
export type OrderFacts = v.InferOutput<typeof OrderFacts>;

const eventHead = { eventId: EventId, occurredOn: IsoTime };

/** What people and the shop's own system call the order by. A topic may still hold events from before there was any. */
const named = {
  orderNumber: v.exactOptional(OrderNumber),
  merchantReference: v.exactOptional(v.nullable(v.string())),
};

/** What an integrator keeps with an order, by names of its own. */
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

/** What order announces; all but OrderCreated are for whoever fulfils, mails or reports. */
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
