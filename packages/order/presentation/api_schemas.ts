import * as v from "valibot";
import {
  Currency,
  EmailAddress,
  IsoTime,
  OrderId,
  PaymentCancel,
  PaymentFailure,
  PaymentKey,
  PaymentStatus,
  PositiveWon,
  VirtualAccount,
  Won,
  orderStatuses,
  paymentStatuses,
  storableText,
} from "@payflow/shared";

// What the API takes and answers. The exports are the schemas of /openapi.json under the names that they have here.

const described = <S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description(text));

const customer = {
  // as long as Toss takes it
  customerName: v.pipe(storableText(100), v.examples(["김토스"])),
  customerEmail: v.pipe(EmailAddress, v.examples(["kim@example.com"])),
};

/** Lines at the shop's prices. */
export const CartOrder = v.strictObject({
  items: v.pipe(
    v.array(
      v.strictObject({
        productId: v.pipe(storableText(64), v.examples(["dev-tool"])),
        quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
      }),
    ),
    v.minLength(1),
    v.maxLength(50),
  ),
  ...customer,
});

/** A name and a price that the merchant sets; Toss takes at least ₩100 by card. */
export const PricedOrder = v.strictObject({
  orderName: v.pipe(storableText(100), v.examples(["개발자 도구 1년"])),
  amount: v.pipe(PositiveWon, v.minValue(100), v.maxValue(1_000_000_000), v.examples([1000])),
  ...customer,
});

export const Order = v.strictObject({
  orderId: OrderId,
  orderName: v.string(),
  amount: PositiveWon,
  currency: Currency,
  status: v.picklist(orderStatuses),
  items: described(
    v.array(
      v.strictObject({
        productId: v.string(),
        name: v.string(),
        unitPrice: Won,
        quantity: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      }),
    ),
    "Empty for an order whose price the merchant set",
  ),
  customerName: described(
    v.nullable(v.string()),
    "Masked (김*스) unless the order's owner or the merchant calls; null once it was erased",
  ),
  customerEmail: described(v.nullable(v.string()), "Masked (k***@***) and erased like the name"),
  refundedAmount: Won,
  createdAt: IsoTime,
  confirmedAt: v.nullable(IsoTime),
  expiresAt: described(IsoTime, "An order that is not paid by then becomes EXPIRED"),
  checkoutUrl: v.optional(
    v.pipe(
      v.string(),
      v.url(),
      v.description(
        "Opens this order's page, to look and to pay, in any browser, until 30 days after `expiresAt`; only for its owner and the merchant",
      ),
    ),
  ),
});

export const OrderList = v.strictObject({
  orders: v.array(Order),
  nextCursor: described(v.nullable(OrderId), "`cursor` of the next page; null on the last one"),
});

export const History = v.strictObject({
  orderId: OrderId,
  history: v.array(
    v.strictObject({
      at: IsoTime,
      part: v.picklist(["order", "payment"]),
      version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      status: v.picklist([...new Set([...orderStatuses, ...paymentStatuses])]),
      cause: described(v.string(), "What was recorded"),
      detail: described(v.unknown(), "More about it: Toss's code, the paymentKey"),
      events: v.array(
        v.strictObject({
          eventId: v.pipe(v.string(), v.uuid()),
          eventType: v.string(),
          isPublished: v.boolean(),
        }),
      ),
    }),
  ),
});

export const Erase = v.strictObject({
  email: v.pipe(EmailAddress, v.examples(["kim@example.com"])),
  includePaid: described(
    v.optional(v.boolean(), false),
    "Also orders that the law wants kept for five years",
  ),
  cursor: described(v.optional(OrderId), "`nextCursor` of the answer before"),
});

export const Erasure = v.strictObject({
  erased: described(v.array(OrderId), "Name nobody any more"),
  kept: described(
    v.array(v.strictObject({ orderId: OrderId, until: IsoTime })),
    "Paid, and kept by law; erased by themselves at `until`",
  ),
  nextCursor: described(
    v.nullable(OrderId),
    "`cursor` of the next call; null when all of the person's orders were seen",
  ),
});

/** What Toss's window came back with; other members that its addresses carry are let pass. */
export const Confirm = v.object({
  paymentKey: v.pipe(PaymentKey, v.examples(["tgen_20261122101112abcd1"])),
  orderId: OrderId,
  amount: v.pipe(PositiveWon, v.examples([1000])),
});

/** Where Toss pays a deposit back to; `bank` is its two characters or its English name. */
export const RefundAccount = v.strictObject({
  bank: v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,20}$/)),
  accountNumber: v.pipe(v.string(), v.regex(/^\d{1,20}$/)),
  holderName: storableText(60),
});

/** What the merchant sends to return money. Limits: https://docs.tosspayments.com/reference#결제-취소 */
export const Refund = v.strictObject({
  reason: storableText(200),
  amount: v.optional(PositiveWon),
  refundAccount: v.optional(RefundAccount),
});

/** The last five members are null, or empty, for whoever is neither the order's owner nor the merchant. */
export const Payment = v.strictObject({
  orderId: OrderId,
  orderName: v.string(),
  amount: PositiveWon,
  balanceAmount: described(Won, "What Toss holds now: the amount less refunds, 0 until paid"),
  currency: Currency,
  status: PaymentStatus,
  method: v.nullable(v.string()),
  approvedAt: v.nullable(IsoTime),
  paymentKey: v.nullable(v.string()),
  receiptUrl: v.nullable(v.string()),
  virtualAccount: v.nullable(v.strictObject(VirtualAccount.entries)),
  failure: v.nullable(v.strictObject(PaymentFailure.entries)),
  cancels: v.array(v.strictObject(PaymentCancel.entries)),
});

export const ProductList = v.strictObject({
  products: v.array(
    v.strictObject({
      productId: v.string(),
      name: v.string(),
      unitPrice: PositiveWon,
      currency: Currency,
    }),
  ),
});

export const WebhookReceipt = v.strictObject({ received: v.literal(true) });

export const Metrics = v.string();

export const Health = v.strictObject({ status: v.literal("ok") });

const Part = v.picklist(["ready", "down"]);
export const Readiness = v.strictObject({
  status: v.picklist(["ready", "degraded", "down", "stopping"]),
  parts: v.strictObject({ database: Part, payment: Part, kafka: Part }),
});

/** RFC 9457; some codes add members of their own. */
export const Problem = v.looseObject({
  type: v.pipe(v.string(), v.url(), v.description("Explains the code")),
  title: v.string(),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  detail: v.string(),
  code: v.pipe(v.string(), v.regex(/^[a-z_]+$/), v.description("Stable; decide by this")),
  requestId: v.string(),
  errors: v.optional(
    described(
      v.array(v.strictObject({ path: v.string(), message: v.string() })),
      "One entry a fault, for bad input",
    ),
  ),
});
