import * as v from "valibot";
import { Currency, Won } from "./money.ts";
import { IsoTime, OrderId } from "./text.ts";

/** Toss's statuses of a payment: https://docs.tosspayments.com/reference#payment-객체 */
export const PaymentStatus = v.picklist([
  "READY",
  "IN_PROGRESS",
  "WAITING_FOR_DEPOSIT",
  "DONE",
  "PARTIAL_CANCELED",
  "CANCELED",
  "EXPIRED",
]);
export type PaymentStatus = v.InferOutput<typeof PaymentStatus>;

/** The account for the deposit; `bankCode` is Toss's two characters. No holder's name: events contain no names. */
export const VirtualAccount = v.object({
  bankCode: v.string(),
  accountNumber: v.string(),
  dueAt: IsoTime,
});
export type VirtualAccount = v.InferOutput<typeof VirtualAccount>;

/** Why the last payment attempt failed: Toss's code and its message to the shopper. */
export const PaymentFailure = v.object({ code: v.string(), message: v.string() });
export type PaymentFailure = v.InferOutput<typeof PaymentFailure>;

/** An address that a page may link to: https, or http on this machine for the sandbox. Returns null for any other. */
export function receiptUrlOf(url: string | null | undefined): string | null {
  const parsed = url == null ? null : URL.parse(url);
  const isSafe =
    parsed?.protocol === "https:" ||
    (parsed?.protocol === "http:" && loopback.includes(parsed.hostname));
  return isSafe && parsed !== null ? parsed.href : null;
}
const loopback = ["localhost", "127.0.0.1", "[::1]"];

export const LinkedUrl = v.nullable(
  v.pipe(v.string(), v.transform<string, string | null>(receiptUrlOf)),
);

/** The provider's limits on refunds of this payment. */
export const RefundLimits = v.object({
  /** Only the whole balance can be refunded, no part of it. */
  wholeOnly: v.boolean(),
  /** From then on the provider refuses refunds; null: no such limit. */
  until: v.nullable(IsoTime),
});
export type RefundLimits = Readonly<v.InferOutput<typeof RefundLimits>>;

/** The Korean cash receipt (현금영수증) of a payment by account; the provider issues it, and cancels it with each refund. */
export const CashReceipt = v.object({
  /** The provider's term: 소득공제 or 지출증빙. */
  type: v.string(),
  /** IN_PROGRESS: the tax office gets it within a day or two. */
  status: v.picklist(["IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED"]),
  url: LinkedUrl,
});
export type CashReceipt = Readonly<v.InferOutput<typeof CashReceipt>>;

/** Bounded above any real history: one absurdly high version would make all later snapshots stale. */
const PaymentVersion = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1_000_000));

/**
 * The whole state of a payment at one version. Readers replace their copy when `paymentVersion` is higher, so late,
 * repeated and reordered snapshots are harmless: totals are set, never added.
 */
export const PaymentSnapshot = v.object({
  orderId: OrderId,
  paymentVersion: PaymentVersion,
  status: PaymentStatus,
  amount: Won,
  /** The part of `amount` that Toss still holds. */
  balanceAmount: Won,
  /** Refunds of the kept payment; money returned for a closed order is not counted. */
  refundedAmount: Won,
  /** The marks (see `markOf`) of the refunds in `refundedAmount` that were requested here, not at the provider. */
  refundMarks: v.optional(v.array(v.string()), []),
  currency: Currency,
  method: v.nullable(v.string()),
  approvedAt: v.nullable(IsoTime),
  receiptUrl: LinkedUrl,
  /** Null: there is no money to refund. */
  refundLimits: v.optional(v.nullable(RefundLimits), null),
  cashReceipt: v.optional(v.nullable(CashReceipt), null),
  /** The provider holds the money until the goods have arrived. */
  isEscrow: v.optional(v.boolean(), false),
  virtualAccount: v.nullable(VirtualAccount),
  failure: v.nullable(PaymentFailure),
  /** Money came for an order that was closed or paid already; its return is under way. */
  refunding: v.boolean(),
  /** The amount of such money that has been returned. */
  returnedAmount: v.optional(Won, 0),
  /** The return is of a deposit, and waits until the shopper has entered an account for it. */
  refundAccountNeeded: v.optional(v.boolean(), false),
  /** The bank has refused to pay a refund out; an operator must act. */
  refundDelayed: v.optional(v.boolean(), false),
});
export type PaymentSnapshot = v.InferOutput<typeof PaymentSnapshot>;

export const isClosed = ({ status }: Pick<PaymentSnapshot, "status">) =>
  status === "CANCELED" || status === "EXPIRED";

/** Order's copy of a payment. Payment compares its own row with it, because its database may be a restored one. */
export const KnownPayment = v.object({
  placedAt: IsoTime,
  /** The newest snapshot that the order applied; null: none yet. */
  snapshot: v.nullable(PaymentSnapshot),
});
export type KnownPayment = v.InferOutput<typeof KnownPayment>;

/** One refund at Toss. `transactionKey` identifies it, so that a refund by hand at Toss is not taken for ours. */
export const PaymentCancel = v.object({
  transactionKey: v.string(),
  amount: Won,
  /** The part of `amount` that the provider books as free of VAT. */
  taxFreeAmount: v.optional(Won, 0),
  reason: v.string(),
  canceledAt: IsoTime,
});
export type PaymentCancel = v.InferOutput<typeof PaymentCancel>;

/**
 * The mark of the refund with this Idempotency-Key. The PSP stores it, so a refund is recognised even if our record of
 * it was lost. FNV-1a of 32 bits: a mark must be unique within one order only.
 */
export function markOf(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `r-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** A payment with all details, for the merchant and for callers with access to its order. */
export const PaymentView = v.object({
  ...PaymentSnapshot.entries,
  orderName: v.string(),
  /** The part of `amount` that bears no VAT by the order. */
  taxFreeAmount: v.optional(Won, 0),
  /** The part of `balanceAmount` that bears no VAT by the provider's books. */
  taxFreeBalance: v.optional(Won, 0),
  paymentKey: v.nullable(v.string()),
  cancels: v.array(PaymentCancel),
  /** Every paymentKey ever stored, for order only: no public response contains them. */
  paymentKeys: v.optional(v.array(v.string())),
});
export type PaymentView = v.InferOutput<typeof PaymentView>;
