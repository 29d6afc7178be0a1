// Money reports for operators: payment returns these types, order parses them.
import * as v from "valibot";
import { IsoTime, KoreanDay, KoreanMonth, MovementKind, Whole } from "@payflow/shared";

/** In won. Outgoing money is negative, so `net` is the sum of the three fields before it. */
const totals = {
  captured: Whole,
  refunded: Whole,
  /** Returns of money that could not be kept, reversed deposits and corrections. */
  returned: Whole,
  net: Whole,
  /** The number of captures. */
  captures: Whole,
};
export type MoneyTotals = Readonly<v.InferOutput<v.ObjectSchema<typeof totals, undefined>>>;

const MoneyDay = v.object({
  day: KoreanDay,
  ...totals,
  byMethod: v.array(v.object({ method: v.string(), captured: Whole })),
  /** pending: requested, but not done yet. none: never compared. */
  reconciliation: v.picklist(["matched", "differs", "pending", "none"]),
  /** Exceptions that are not resolved. */
  differences: Whole,
});
export type MoneyDay = v.InferOutput<typeof MoneyDay>;

export const MoneyMonth = v.object({
  month: KoreanMonth,
  days: v.array(MoneyDay),
  totals: v.object(totals),
  declines: v.object({
    tries: Whole,
    declined: Whole,
    reasons: v.array(v.object({ code: v.string(), count: Whole })),
  }),
});
export type MoneyMonth = v.InferOutput<typeof MoneyMonth>;

/** A movement of money for accounting; the fields are in the order of the CSV's columns. */
export const Movement = v.object({
  occurredAt: IsoTime,
  orderId: v.string(),
  kind: MovementKind,
  amount: Whole,
  /** `supplyValue` and `vat` are null if the PSP stated no VAT; otherwise the three add up to the amount. */
  supplyValue: v.nullable(Whole),
  vat: v.nullable(Whole),
  taxFree: v.nullable(Whole),
  method: v.nullable(v.string()),
  cardIssuer: v.nullable(v.string()),
  cardNumber: v.nullable(v.string()),
  installmentMonths: v.nullable(Whole),
  approvalNumber: v.nullable(v.string()),
  transactionKey: v.nullable(v.string()),
  paymentKey: v.string(),
  receiptUrl: v.nullable(v.string()),
});
export type Movement = Readonly<v.InferOutput<typeof Movement>>;

export const exceptionKinds = ["missing_here", "missing_there", "differs"] as const;

export const ListedException = v.object({
  day: KoreanDay,
  kind: v.picklist(exceptionKinds),
  orderId: v.string(),
  /** The status of the order's payment; null without a payment. */
  paymentStatus: v.nullable(v.string()),
  paymentKey: v.string(),
  /** Empty if there is none. */
  transactionKey: v.string(),
  /** In won, negative for outgoing money; null on the side where the movement is missing. */
  listed: v.nullable(Whole),
  booked: v.nullable(Whole),
  foundAt: IsoTime,
  resolvedAt: v.nullable(IsoTime),
  /** Why an operator resolved it; null if a later comparison resolved it. */
  reason: v.nullable(v.string()),
});
export type ListedException = v.InferOutput<typeof ListedException>;

/** The comparison of one day of the PSP's list with the ledger; open exceptions first. */
export const Reconciliation = v.object({
  day: KoreanDay,
  requestedAt: IsoTime,
  finishedAt: v.nullable(IsoTime),
  /** The number of matching movements. */
  matched: v.nullable(Whole),
  exceptions: v.array(ListedException),
});
export type Reconciliation = v.InferOutput<typeof Reconciliation>;
