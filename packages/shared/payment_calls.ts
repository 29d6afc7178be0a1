// What order asks of payment over HTTP: both take their types from here, and each parses what the other sends. Unknown
// members are let pass, since either may be newer than the other.
import * as v from "valibot";
import { HistoryEntry } from "./history.ts";
import { PositiveWon, Won } from "./money.ts";
import { OrderFacts } from "./order_events.ts";
import { Compared, PaymentAnswer, RefundAnswer } from "./payment_answers.ts";
import { KnownPayment, PaymentView } from "./payment_snapshot.ts";
import { IsoTime, OrderId, PaymentKey } from "./text.ts";

/** Where a refund of a deposit goes; `bank` is the payment provider's code or name of a bank. */
export const RefundAccount = v.object({
  bank: v.string(),
  accountNumber: v.string(),
  holderName: v.string(),
});
export type RefundAccount = Readonly<v.InferOutput<typeof RefundAccount>>;

/** What order knows; an order service of an earlier version, which is replaced after payment, leaves it out. */
const known = v.optional(KnownPayment);
/** Nothing of an order that order has lost. */
const fromOrder = { facts: v.optional(OrderFacts), known };
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
      facts: OrderFacts,
      known,
      /** The order's own shopper, somebody with its link, or the merchant confirms. */
      isPrivy: v.optional(v.boolean()),
    }),
    answer: PaymentAnswer,
  },
  close: {
    body: v.object({ facts: OrderFacts, known }),
    answer: PaymentAnswer,
  },
  refund: {
    body: v.object({
      orderId: OrderId,
      /** The merchant's Idempotency-Key, and the hash of what it was sent with. */
      key: v.string(),
      requestHash: v.string(),
      reason: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
      /** Without it, all that is left. */
      amount: v.optional(PositiveWon),
      /** Of the amount, what bears no VAT; without it, its share of what is left. */
      taxFreeAmount: v.optional(Won),
      account: v.optional(RefundAccount),
      ...fromOrder,
    }),
    answer: RefundAnswer,
  },
  /** Names the account to which a deposit for a closed order goes back. */
  "refund-account": {
    body: v.object({ orderId: OrderId, account: RefundAccount, ...fromOrder }),
    answer: PaymentAnswer,
  },
  /** Removes what tells who paid. */
  erase: { body: v.object({ orderId: OrderId }), answer: Nothing },
  /** Opens payments that payment has not heard of, and rebuilds those that lack what order knows. */
  compare: {
    body: v.object({
      facts: v.pipe(v.array(OrderFacts), v.maxLength(500), v.readonly()),
      /** Of each of them, in the same order. */
      known: v.optional(v.pipe(v.array(KnownPayment), v.readonly())),
    }),
    answer: Compared,
  },
  /** Has payment query the provider about the accounts of these orders, which somebody is looking at. */
  ask: { body: v.object({ orderIds }), answer: Nothing },
  /** A page of payments in the order of their newest change, behind a place in that order. */
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
  /** What happened to the payment, oldest first. */
  history: {
    body: v.object({ orderId: OrderId }),
    answer: v.object({ history: v.array(HistoryEntry) }),
  },
  find: { body: v.object({ orderIds }), answer: v.object({ payments: v.array(PaymentView) }) },
};

export type PaymentCall = keyof typeof paymentCalls;
export type CallBody<Name extends PaymentCall> = v.InferOutput<(typeof paymentCalls)[Name]["body"]>;
export type CallAnswer<Name extends PaymentCall> = v.InferOutput<
  (typeof paymentCalls)[Name]["answer"]
>;
