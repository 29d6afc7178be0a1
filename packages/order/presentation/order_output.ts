import * as v from "valibot";
import {
  Currency,
  IsoTime,
  OrderId,
  PaymentCancel,
  PaymentFailure,
  PaymentStatus,
  PositiveWon,
  VirtualAccount,
  Won,
  orderStatuses,
  paymentStatuses,
} from "@payflow/shared";

// What the API answers, as published. Routes return these types, so an answer can't drift from the document.

export const OrderLine = v.strictObject({
  productId: v.string(),
  name: v.string(),
  unitPrice: Won,
  quantity: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

export const OrderOutput = v.strictObject({
  orderId: OrderId,
  orderName: v.string(),
  amount: PositiveWon,
  currency: Currency,
  status: v.picklist(orderStatuses),
  items: v.pipe(
    v.array(OrderLine),
    v.description("Empty for an order whose price the merchant set"),
  ),
  customerName: v.pipe(
    v.nullable(v.string()),
    v.description(
      "Masked (김*스) unless the order's owner or merchant asks; null once it was erased",
    ),
  ),
  customerEmail: v.pipe(
    v.nullable(v.string()),
    v.description("Masked (k***@***) and erased like the name"),
  ),
  refundedAmount: Won,
  createdAt: IsoTime,
  confirmedAt: v.nullable(IsoTime),
  expiresAt: v.pipe(IsoTime, v.description("An order that is not paid by then becomes EXPIRED")),
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
export type OrderOutput = v.InferOutput<typeof OrderOutput>;

export const OrderListOutput = v.strictObject({
  orders: v.array(OrderOutput),
  nextCursor: v.pipe(
    v.nullable(OrderId),
    v.description("`cursor` of the next page; null on the last one"),
  ),
});
export type OrderListOutput = v.InferOutput<typeof OrderListOutput>;

export const ErasureOutput = v.strictObject({
  erased: v.pipe(v.array(OrderId), v.description("Name nobody any more")),
  kept: v.pipe(
    v.array(v.strictObject({ orderId: OrderId, until: IsoTime })),
    v.description("Paid, and kept by law; erased by themselves at `until`"),
  ),
  hasMore: v.pipe(
    v.boolean(),
    v.description("A thousand orders were looked at; ask again for the rest"),
  ),
});
export type ErasureOutput = v.InferOutput<typeof ErasureOutput>;

const HistoryEntryOutput = v.strictObject({
  at: IsoTime,
  part: v.picklist(["order", "payment"]),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  status: v.picklist([...new Set([...orderStatuses, ...paymentStatuses])]),
  cause: v.pipe(v.string(), v.description("The use case that decided it")),
  detail: v.pipe(v.unknown(), v.description("More about it: Toss's code, the paymentKey")),
  events: v.array(
    v.strictObject({
      eventId: v.pipe(v.string(), v.uuid()),
      eventType: v.string(),
      publishedAt: v.nullable(IsoTime),
    }),
  ),
});

export const HistoryOutput = v.strictObject({
  orderId: OrderId,
  history: v.array(HistoryEntryOutput),
});

export const ProductOutput = v.strictObject({
  productId: v.string(),
  name: v.string(),
  unitPrice: PositiveWon,
  currency: Currency,
});

export const ProductListOutput = v.strictObject({ products: v.array(ProductOutput) });
export type ProductListOutput = v.InferOutput<typeof ProductListOutput>;

const VirtualAccountOutput = v.strictObject(VirtualAccount.entries);
const FailureOutput = v.strictObject(PaymentFailure.entries);
const CancelOutput = v.strictObject(PaymentCancel.entries);

/** The last five members are null, or empty, for whoever is neither the order's owner nor the merchant. */
export const PaymentOutput = v.strictObject({
  orderId: OrderId,
  orderName: v.string(),
  amount: PositiveWon,
  balanceAmount: v.pipe(
    Won,
    v.description("What Toss holds now: the amount less refunds, 0 until paid"),
  ),
  currency: Currency,
  status: PaymentStatus,
  method: v.nullable(v.string()),
  approvedAt: v.nullable(IsoTime),
  paymentKey: v.nullable(v.string()),
  receiptUrl: v.nullable(v.string()),
  virtualAccount: v.nullable(VirtualAccountOutput),
  failure: v.nullable(FailureOutput),
  cancels: v.array(CancelOutput),
});
export type PaymentOutput = v.InferOutput<typeof PaymentOutput>;

export const WebhookOutput = v.strictObject({ received: v.literal(true) });

export const HealthOutput = v.strictObject({ status: v.literal("ok") });

const Part = v.picklist(["ready", "down"]);
export const ReadinessOutput = v.strictObject({
  status: v.picklist(["ready", "degraded", "down", "stopping"]),
  parts: v.strictObject({ database: Part, payment: Part, kafka: Part }),
});

/** RFC 9457; some codes add members of their own. */
export const ProblemOutput = v.looseObject({
  type: v.pipe(v.string(), v.url(), v.description("Explains the code")),
  title: v.string(),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  detail: v.string(),
  code: v.pipe(v.string(), v.regex(/^[a-z_]+$/), v.description("Stable; decide by this")),
  requestId: v.string(),
  errors: v.optional(
    v.pipe(
      v.array(v.strictObject({ path: v.string(), message: v.string() })),
      v.description("One entry a fault, for bad input"),
    ),
  ),
});
export type ProblemOutput = v.InferOutput<typeof ProblemOutput>;
