// Order's calls to payment over HTTP. Both services take their types from these schemas and parse each other's bodies
// by them. Unknown members are ignored, because either service may be newer than the other.
import * as v from "valibot";
import { httpStatuses, type ErrorDetails, type ErrorKind } from "./app_error.ts";
import { HistoryEntry } from "./history.ts";
import { PositiveWon, Won } from "./money.ts";
import { OrderFacts } from "./order_events.ts";
import { KnownPayment, PaymentView } from "./payment_snapshot.ts";
import { IsoTime, OrderId, PaymentKey } from "./text.ts";

const Refusal = v.object({
  kind: v.picklist(Object.keys(httpStatuses) as ErrorKind[]),
  code: v.string(),
  message: v.string(),
  details: v.custom<ErrorDetails>((value) => typeof value === "object" && value !== null),
});

/** The payment's current state, and the refusal if the call was refused. */
export const PaymentAnswer = v.object({
  payment: v.nullable(PaymentView),
  refusal: v.nullable(Refusal),
  /** A refund, a return or a query whose outcome is not known yet; a confirm has the status IN_PROGRESS instead. */
  isOpen: v.optional(v.boolean(), false),
});
export type PaymentAnswer = v.InferOutput<typeof PaymentAnswer>;

/** Payments that were compared with order's snapshots; `refused`: orders whose payment could not be compared. */
export const Compared = v.object({
  payments: v.array(PaymentView),
  refused: v.array(v.object({ orderId: OrderId, refusal: Refusal })),
});

/** The account for the refund of a deposit; `bank` is the payment provider's code or name of a bank. */
export const RefundAccount = v.object({
  bank: v.string(),
  accountNumber: v.string(),
  holderName: v.string(),
});
export type RefundAccount = Readonly<v.InferOutput<typeof RefundAccount>>;

/** Sent with calls, so that payment can rebuild a row that its database lost. */
const FromOrder = v.object({
  facts: OrderFacts,
  /** An older order service leaves it out: an update replaces payment first. */
  known: v.optional(KnownPayment),
});
export type FromOrder = v.InferOutput<typeof FromOrder>;
/** Absent for an order that order's database has lost. */
const fromOrder = v.partial(FromOrder).entries;
const orderIds = v.pipe(v.array(OrderId), v.maxLength(500), v.readonly());
const Nothing = v.pipe(
  v.object({}),
  v.transform(() => {}),
);

/** Each call by its name in the path. */
export const paymentCalls = {
  confirm: {
    body: v.object({
      paymentKey: PaymentKey,
      amount: PositiveWon,
      ...FromOrder.entries,
      /** The caller is the order's shopper, has its link, or is the merchant. */
      isTrusted: v.optional(v.boolean()),
    }),
    answer: PaymentAnswer,
  },
  close: { body: FromOrder, answer: PaymentAnswer },
  refund: {
    body: v.object({
      orderId: OrderId,
      /** The merchant's Idempotency-Key, and the hash of its request. */
      key: v.string(),
      requestHash: v.string(),
      reason: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
      /** Default: all that is left. */
      amount: v.optional(PositiveWon),
      /** The part of `amount` that bears no VAT. Default: its share of the VAT-free balance. */
      taxFreeAmount: v.optional(Won),
      account: v.optional(RefundAccount),
      ...fromOrder,
    }),
    answer: PaymentAnswer,
  },
  /** Sets the account for the refund of a deposit that came for a closed order. */
  "refund-account": {
    body: v.object({ orderId: OrderId, account: RefundAccount, ...fromOrder }),
    answer: PaymentAnswer,
  },
  /** Removes the payer's personal data. */
  erase: { body: v.object({ orderId: OrderId }), answer: Nothing },
  /** Opens missing payments, and rebuilds those that lack changes which order has applied. */
  compare: {
    body: v.object({ orders: v.pipe(v.array(FromOrder), v.maxLength(500), v.readonly()) }),
    answer: Compared,
  },
  /** Has payment query the provider about the virtual accounts of these orders, which are open in a browser. */
  "query-deposits": { body: v.object({ orderIds }), answer: Nothing },
  /** A page of payments sorted by their newest change, after a cursor. */
  changed: {
    body: v.object({
      since: IsoTime,
      afterId: v.string(),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
    }),
    answer: v.object({
      payments: v.array(v.object({ ...PaymentView.entries, changedAt: IsoTime })),
    }),
  },
  /** The payment's history, oldest first. */
  history: {
    body: v.object({ orderId: OrderId }),
    answer: v.object({ history: v.array(HistoryEntry) }),
  },
  /** A webhook of the provider, whose text is not parsed yet. full: too many about this payment within an hour. */
  "receive-webhook": {
    body: v.object({ text: v.string(), transmissionId: v.nullable(v.string()) }),
    answer: v.object({ result: v.picklist(["stored", "unknown", "full", "malformed"]) }),
  },
  find: { body: v.object({ orderIds }), answer: v.object({ payments: v.array(PaymentView) }) },
};

export type PaymentCall = keyof typeof paymentCalls;
export type CallBody<Name extends PaymentCall> = v.InferOutput<(typeof paymentCalls)[Name]["body"]>;
export type CallAnswer<Name extends PaymentCall> = v.InferOutput<
  (typeof paymentCalls)[Name]["answer"]
>;
