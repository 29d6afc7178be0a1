import * as v from "valibot";
import { Currency, Won } from "./money.ts";
import { CashReceipt, LinkedUrl, RefundLimits } from "./payment_conditions.ts";
import { IsoTime, OrderId } from "./text.ts";

/** Toss's own words for a payment: https://docs.tosspayments.com/reference#payment-객체 */
export const paymentStatuses = [
  "READY",
  "IN_PROGRESS",
  "WAITING_FOR_DEPOSIT",
  "DONE",
  "PARTIAL_CANCELED",
  "CANCELED",
  "EXPIRED",
] as const;
export const PaymentStatus = v.picklist(paymentStatuses);
export type PaymentStatus = (typeof paymentStatuses)[number];

/** The account into which the shopper pays; `bankCode` is Toss's two characters, `dueAt` the last moment. Not whose name it bears: events must name nobody. */
export const VirtualAccount = v.object({
  bankCode: v.string(),
  accountNumber: v.string(),
  dueAt: IsoTime,
});
export type VirtualAccount = v.InferOutput<typeof VirtualAccount>;

/** Why the last try to pay ended without money: Toss's code and its sentence for the shopper. */
export const PaymentFailure = v.object({ code: v.string(), message: v.string() });
export type PaymentFailure = v.InferOutput<typeof PaymentFailure>;

/** A higher one than any life of a payment takes would make all true ones stale. */
const PaymentVersion = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1_000_000));

/**
 * The whole result of a payment at one version. Readers replace what they knew when `paymentVersion` is higher, so late,
 * repeated and reordered copies are harmless: totals are set, never added.
 */
export const PaymentSnapshot = v.object({
  orderId: OrderId,
  paymentVersion: PaymentVersion,
  status: PaymentStatus,
  amount: Won,
  /** What Toss still holds of the amount. */
  balanceAmount: Won,
  /** What went back of a payment that had been kept; money returned for a closed order is not counted. */
  refundedAmount: Won,
  currency: Currency,
  method: v.nullable(v.string()),
  approvedAt: v.nullable(IsoTime),
  receiptUrl: LinkedUrl,
  /** null: there is no money to refund. */
  refundLimits: v.optional(v.nullable(RefundLimits), null),
  cashReceipt: v.optional(v.nullable(CashReceipt), null),
  /** The provider holds the money until the goods have arrived. */
  isEscrow: v.optional(v.boolean(), false),
  virtualAccount: v.nullable(VirtualAccount),
  failure: v.nullable(PaymentFailure),
  /** Money came for an order that was closed or paid already, and is on its way back. */
  refunding: v.boolean(),
  /** What came that way and has gone back by now. */
  returnedAmount: v.optional(Won, 0),
  /** Of what is on its way back, a deposit can only go back to an account that the shopper has yet to name. */
  refundAccountNeeded: v.optional(v.boolean(), false),
});
export type PaymentSnapshot = v.InferOutput<typeof PaymentSnapshot>;

export const isClosed = ({ status }: Pick<PaymentSnapshot, "status">) =>
  status === "CANCELED" || status === "EXPIRED";

/** What order knows of a payment, which payment compares with its own row: its database may have been put back in time. */
export const KnownPayment = v.object({
  placedAt: IsoTime,
  /** The newest snapshot that the order follows; null: none yet. */
  snapshot: v.nullable(PaymentSnapshot),
});
export type KnownPayment = v.InferOutput<typeof KnownPayment>;

/** One refund at Toss, by Toss's `transactionKey`: one made by hand in its console is never taken for ours. */
export const PaymentCancel = v.object({
  transactionKey: v.string(),
  amount: Won,
  /** Of the amount, what the provider books as free of VAT. */
  taxFreeAmount: v.optional(Won, 0),
  reason: v.string(),
  canceledAt: IsoTime,
});
export type PaymentCancel = v.InferOutput<typeof PaymentCancel>;

/** A payment whole, for the merchant and for whoever sees its order. */
export const PaymentView = v.object({
  ...PaymentSnapshot.entries,
  orderName: v.string(),
  /** Of `amount`, what bears no VAT by the order. */
  taxFreeAmount: v.optional(Won, 0),
  /** Of `balanceAmount`, what bears no VAT by the provider's books. */
  taxFreeBalance: v.optional(Won, 0),
  paymentKey: v.nullable(v.string()),
  cancels: v.array(PaymentCancel),
  /** Every paymentKey that was ever stored, for order alone: no answer to the outside shows them. */
  paymentKeys: v.optional(v.array(v.string())),
});
export type PaymentView = v.InferOutput<typeof PaymentView>;
