import * as v from "valibot";
import { described } from "@payflow/access";
import {
  CashReceipt,
  Currency,
  EmailAddress,
  HistoryEntry,
  IsoTime,
  OrderId,
  OrderItem,
  OrderNumber,
  PaymentCancel,
  PaymentFailure,
  PaymentKey,
  PaymentStatus,
  PositiveWon,
  RefundLimits,
  VirtualAccount,
  Won,
  orderStatuses,
  refundRequestKinds,
  refundRequestStatuses,
  storableText,
} from "@payflow/shared";
export { ApiKey, ApiKeyList, MadeApiKey, NewApiKey } from "@payflow/access";

// Schemas of the API's requests and responses. /openapi.json lists them under the names of these exports.

const example = <S extends v.GenericSchema>(schema: S, value: v.InferInput<S>) =>
  v.pipe(schema, v.examples([value]));

const orderId = example(OrderId, "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f");
const orderNumber = example(OrderNumber, "1127-K7P3");
const orderName = example(v.string(), "프리미엄 개발자 도구");
const amount = example(PositiveWon, 1000);
const paymentKey = example(PaymentKey, "tgen_20261122101112abcd1");

const customer = {
  // Toss's limit
  customerName: example(storableText(100), "김토스"),
  customerEmail: example(EmailAddress, "kim@example.com"),
};

/** Members that need a key of role operate. */
const integratorFacts = {
  merchantReference: v.exactOptional(
    described(
      example(storableText(64), "2026-11-27/0042"),
      "The order's id in your own system; unique",
    ),
  ),
  metadata: v.exactOptional(
    described(
      v.pipe(
        v.record(storableText(40), storableText(500)),
        v.maxEntries(20, "has 20 entries at the most"),
        // a repeated call is the same one whatever the order of its names
        v.transform((facts) => Object.fromEntries(Object.entries(facts).sort())),
        v.examples([{ cart: "7f3a" }]),
      ),
      "Returned with the order and in OrderCreated; up to 20 single-line texts. No personal data: events are not erased",
    ),
  ),
  returnUrl: v.exactOptional(
    described(
      v.pipe(v.string(), v.maxLength(1_000), v.examples(["https://shop.example/thanks?cart=7f3a"])),
      "The shopper is redirected here when the order is paid, waits for a deposit or has ended, with `orderId`, `orderNumber` and `status` added to the query; its origin must be one of RETURN_ORIGINS",
    ),
  ),
};

/** Lines at the shop's prices. */
export const CartOrder = v.strictObject({
  items: v.pipe(
    v.array(
      v.strictObject({
        productId: example(storableText(64), "dev-tool"),
        quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
      }),
    ),
    v.minLength(1),
    v.maxLength(50),
  ),
  ...customer,
  ...integratorFacts,
});

/** A name and a price that the merchant sets; Toss takes at least ₩100 by card. */
export const PricedOrder = v.strictObject({
  orderName: example(storableText(100), "개발자 도구 1년"),
  amount: v.pipe(amount, v.minValue(100), v.maxValue(1_000_000_000)),
  taxFreeAmount: described(v.optional(Won), "The part of the amount without VAT (면세)"),
  ...customer,
  ...integratorFacts,
});

export const RequestRefund = v.strictObject({
  kind: v.picklist(refundRequestKinds),
  text: v.optional(storableText(500)),
});

export const RefundRequest = v.strictObject({
  requestId: v.pipe(v.string(), v.uuid()),
  status: described(
    v.picklist(refundRequestStatuses),
    "requested: waits for the shop. granting: its refund is under way. The others are final",
  ),
  kind: v.picklist(refundRequestKinds),
  text: described(v.string(), "Written by the shopper; may be empty, and is erased with the name"),
  requestedAt: IsoTime,
  answer: described(v.nullable(v.string()), "The shop's message to the shopper"),
  decidedAt: v.nullable(IsoTime),
});

export const Order = v.strictObject({
  orderId,
  orderNumber: described(
    orderNumber,
    "A short, unique number for people: the order's day in Korea, then four characters or more",
  ),
  orderName,
  amount,
  taxFreeAmount: described(Won, "The part of the amount without VAT (면세)"),
  currency: Currency,
  status: v.picklist(orderStatuses),
  items: described(
    v.array(v.strictObject(OrderItem.entries)),
    "Empty for an order whose price the merchant set",
  ),
  merchantReference: described(
    v.nullable(v.string()),
    "As it was given; null unless the caller is the order's owner, has its link, or is the merchant",
  ),
  metadata: described(
    v.record(v.string(), v.string()),
    "As it was given; empty without a key of role read, and after the customer was erased",
  ),
  returnUrl: described(
    v.nullable(v.string()),
    "Null when `merchantReference` is hidden; erased with `metadata`",
  ),
  customerName: described(
    v.nullable(example(v.string(), "김토스")),
    "Masked (김*스) unless the caller is the order's owner, has its link, or is the merchant; null after erasure",
  ),
  customerEmail: described(v.nullable(v.string()), "Masked (k***@***) and erased like the name"),
  refundedAmount: Won,
  createdAt: IsoTime,
  confirmedAt: v.nullable(IsoTime),
  expiresAt: described(IsoTime, "An order that is not paid by then becomes EXPIRED"),
  refundRequest: described(
    v.nullable(RefundRequest),
    "The shopper's newest request; null unless the caller is the order's owner, has its link, or is the merchant",
  ),
  checkoutUrl: v.optional(
    described(
      v.pipe(v.string(), v.url()),
      "Opens this order's page in any browser, to view and to pay, until 30 days after `expiresAt`; only for its owner, callers with this link, and the merchant",
    ),
  ),
});

export const OrderList = v.strictObject({
  orders: v.array(Order),
  nextCursor: described(v.nullable(OrderId), "`cursor` of the next page; null on the last one"),
});

export const History = v.strictObject({
  orderId,
  history: v.array(v.strictObject(HistoryEntry.entries)),
});

export const Erase = v.strictObject({
  email: customer.customerEmail,
  includePaid: described(
    v.optional(v.boolean(), false),
    "Also orders that must be kept for five years by law",
  ),
  cursor: described(v.optional(OrderId), "`nextCursor` of the previous response"),
});

export const Erasure = v.strictObject({
  erased: described(v.array(OrderId), "Orders that were erased"),
  kept: described(
    v.array(v.strictObject({ orderId: OrderId, until: IsoTime })),
    "Paid orders, kept by law; erased automatically at `until`",
  ),
  nextCursor: described(
    v.nullable(OrderId),
    "`cursor` of the next call; null after all of the customer's orders",
  ),
});

/** The parameters of the address to which Toss's window returns; other parameters are ignored. */
export const Confirm = v.object({ paymentKey, orderId, amount });

/** The bank account for a refund of a deposit; `bank` is Toss's two-character code or English name. */
export const RefundAccount = v.strictObject({
  bank: v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,20}$/, "is no bank of Toss's")),
  accountNumber: v.pipe(v.string(), v.regex(/^\d{1,20}$/, "must be 1 to 20 digits")),
  holderName: storableText(60),
});

/** Limits: https://docs.tosspayments.com/reference#결제-취소 */
export const Refund = v.strictObject({
  reason: example(storableText(200), "단순 변심"),
  amount: v.optional(PositiveWon),
  taxFreeAmount: described(
    v.optional(Won),
    "The part of the amount without VAT, by the returned goods; by default in proportion to the balance",
  ),
  refundAccount: v.optional(RefundAccount),
});

const answer = described(storableText(200), "Shown to the shopper on the order's page and by mail");
export const GrantRefund = v.strictObject({
  amount: v.optional(described(PositiveWon, "The whole balance by default")),
  answer: v.optional(answer),
  refundAccount: v.optional(RefundAccount),
});
export const DeclineRefund = v.strictObject({ answer });

/** Confidential members are null or empty for callers that may not see the order: see `paymentJson`. */
export const Payment = v.strictObject({
  orderId,
  orderName,
  amount,
  taxFreeAmount: described(Won, "The part of the amount without VAT, from the order"),
  balanceAmount: described(Won, "The sum that Toss holds: the amount less refunds, 0 until paid"),
  taxFreeBalance: described(Won, "The part of the balance without VAT, by Toss's books"),
  currency: Currency,
  status: PaymentStatus,
  method: v.nullable(example(v.string(), "카드")),
  approvedAt: v.nullable(IsoTime),
  paymentKey: v.nullable(paymentKey),
  receiptUrl: v.nullable(v.string()),
  virtualAccount: v.nullable(v.strictObject(VirtualAccount.entries)),
  refundLimits: described(
    v.nullable(v.strictObject(RefundLimits.entries)),
    "Toss's limits for refunds: only the whole balance (`wholeOnly`), and none from `until` on",
  ),
  cashReceipt: described(
    v.nullable(v.strictObject({ ...CashReceipt.entries, url: v.nullable(v.string()) })),
    "현금영수증 of a payment by account; Toss issues it, and cancels it with refunds",
  ),
  isEscrow: described(v.boolean(), "Toss holds the money until the goods have arrived"),
  failure: v.nullable(v.strictObject(PaymentFailure.entries)),
  cancels: v.array(v.strictObject(PaymentCancel.entries)),
});

export const ProductList = v.strictObject({
  products: v.array(
    v.strictObject({
      productId: v.string(),
      name: v.string(),
      unitPrice: PositiveWon,
      taxFreeAmount: v.optional(described(Won, "The part of the price without VAT; absent: none")),
      currency: Currency,
    }),
  ),
});

export * from "@payflow/notifications/schemas";

export const WebhookReceipt = v.strictObject({ received: v.literal(true) });

export const Metrics = v.string();

export const Health = v.strictObject({ status: v.literal("ok") });

const Part = v.picklist(["ready", "down"]);
export const Readiness = v.strictObject({
  status: v.picklist(["ready", "degraded", "down", "stopping"]),
  parts: v.strictObject({ database: Part, payment: Part, kafka: Part }),
});

/** RFC 9457; some codes add members. */
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
      "One entry for each invalid field",
    ),
  ),
});
