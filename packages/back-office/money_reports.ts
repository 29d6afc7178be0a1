// What payment shows operators of money: payment's types, and what order parses.
import * as v from "valibot";
import { IsoTime, KoreanDay, KoreanMonth, MovementKind, Whole } from "@payflow/shared";

/** Won. What left stands below 0, so that `net` is the sum of the three before it. */
const totals = {
  captured: Whole,
  refunded: Whole,
  /** Returns of money that could not be kept, reversed deposits and corrections. */
  returned: Whole,
  net: Whole,
  /** How many captures. */
  captures: Whole,
};
export type MoneyTotals = Readonly<v.InferOutput<v.ObjectSchema<typeof totals, undefined>>>;

const MoneyDay = v.object({
  day: KoreanDay,
  ...totals,
  byMethod: v.array(v.object({ method: v.string(), captured: Whole })),
  /** pending: requested, and not done yet. none: never compared. */
  reconciliation: v.picklist(["matched", "differs", "pending", "none"]),
  /** Exceptions that nobody has resolved. */
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

/** A movement of money, for accounting; its fields in the order of a file's columns. */
export const Movement = v.object({
  occurredAt: IsoTime,
  orderId: v.string(),
  kind: MovementKind,
  amount: Whole,
  /** The first two where the PSP stated the VAT; the three add up to the amount. */
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
  /** Of the order's payment; null: there is none. */
  paymentStatus: v.nullable(v.string()),
  paymentKey: v.string(),
  /** Empty where there is none. */
  transactionKey: v.string(),
  /** In won, below 0 for what left; null where it is missing. */
  listed: v.nullable(Whole),
  booked: v.nullable(Whole),
  foundAt: IsoTime,
  resolvedAt: v.nullable(IsoTime),
  /** Why it is none; null for one that a later comparison resolved. */
  reason: v.nullable(v.string()),
});
export type ListedException = v.InferOutput<typeof ListedException>;

/** A day of the PSP's list beside the ledger; open exceptions first. */
export const Reconciliation = v.object({
  day: KoreanDay,
  requestedAt: IsoTime,
  finishedAt: v.nullable(IsoTime),
  /** How many movements match. */
  matched: v.nullable(Whole),
  exceptions: v.array(ListedException),
});
export type Reconciliation = v.InferOutput<typeof Reconciliation>;
