import type { Transaction } from "@payflow/ledger/movements";
import { koreanTimeOf, PaymentStatus, receiptUrlOf } from "@payflow/shared";
import * as v from "valibot";
import type { Charge, ChargeCancel } from "../../domain/charge.ts";
import { cashReceiptOf, refundLimitsOf, TossReceipt, TossReceipts } from "./toss_conditions.ts";

// Toss adds fields without notice, so only the needed fields are checked.

/** Amounts in other currencies have decimals, and the client that opens a payment window chooses the currency. */
const Sum = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
/** Toss sends +09:00, or no offset, which also means Korean time. */
const Time = v.pipe(
  v.string(),
  v.transform((text) => new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}+09:00`)),
  v.check((date) => !Number.isNaN(date.getTime()), "is no time"),
  v.transform((date) => date.toISOString()),
);

/** For fields that are only shown or booked: an invalid one must not make an approval unreadable. */
const shown = <S extends v.GenericSchema, const None extends v.InferOutput<S> | null>(
  schema: S,
  none: None,
) => v.fallback(v.nullish(schema, none), none);

const failure = v.nullish(v.object({ code: v.string(), message: v.nullish(v.string(), "") }), null);
const head = {
  paymentKey: v.string(),
  orderId: v.string(),
  totalAmount: Sum,
  currency: v.nullish(v.string(), "KRW"),
};
const unapproved = ["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"] as const;

const Account = v.object({
  bankCode: v.nullish(v.string(), ""),
  accountNumber: v.string(),
  dueDate: Time,
  refundStatus: shown(v.picklist(["PENDING", "FAILED", "PARTIAL_FAILED"]), null),
});

const Card = v.pipe(
  v.object({
    issuerCode: v.string(),
    number: v.string(),
    installmentPlanMonths: v.nullish(v.number(), 0),
    isInterestFree: v.nullish(v.boolean(), false),
    approveNo: v.nullish(v.string(), ""),
  }),
  v.transform(({ issuerCode: issuer, installmentPlanMonths, approveNo, ...card }) => {
    return { ...card, issuer, installmentMonths: installmentPlanMonths, approvalNumber: approveNo };
  }),
);

const WholeSum = v.pipe(Sum, v.integer());

const Cancel = v.object({
  transactionKey: v.string(),
  cancelAmount: Sum,
  taxFreeAmount: shown(WholeSum, 0),
  cancelReason: v.nullish(v.string(), ""),
  canceledAt: Time,
  cancelStatus: v.nullish(v.string(), "DONE"),
});

const Payment = v.pipe(
  v.object({
    ...head,
    status: v.picklist([...PaymentStatus.options, "ABORTED"]),
    balanceAmount: Sum,
    taxFreeAmount: shown(WholeSum, 0),
    method: v.nullish(v.string(), null),
    approvedAt: v.nullish(Time, null),
    receipt: shown(v.object({ url: v.string() }), null),
    lastTransactionKey: shown(v.string(), null),
    card: shown(Card, null),
    vat: shown(WholeSum, null),
    virtualAccount: v.nullish(Account, null),
    isPartialCancelable: shown(v.boolean(), true),
    cashReceipt: shown(TossReceipt, null),
    cashReceipts: shown(TossReceipts, null),
    useEscrow: shown(v.boolean(), false),
    cancels: v.nullish(v.array(Cancel), null),
    failure,
    secret: v.nullish(v.string(), null),
  }),
  v.transform((found): Charge => {
    const { receipt, cancels, lastTransactionKey: transactionKey, ...rest } = found;
    const { virtualAccount: account } = rest;
    const { isPartialCancelable, cashReceipts, useEscrow: isEscrow, ...payment } = rest;
    const done = (cancels ?? []).filter(({ cancelStatus }) => cancelStatus === "DONE");
    return {
      ...payment,
      virtualAccount: account && accountOf(account),
      payout: account?.refundStatus ?? null,
      transactionKey,
      receiptUrl: receiptUrlOf(receipt?.url),
      cancels: done.map(cancelOf),
      refundLimits: refundLimitsOf({ ...payment, isPartialCancelable }),
      cashReceipt: cashReceiptOf(payment.cashReceipt, cashReceipts),
      isEscrow,
    };
  }),
);

/** A payment without an approval needs no other fields, so an invalid one must not make it unreadable. */
const Unapproved = v.pipe(
  v.object({ ...head, status: v.picklist(unapproved), failure: v.fallback(failure, null) }),
  v.transform((payment): v.InferInput<typeof Payment> => ({
    ...payment,
    balanceAmount: payment.totalAmount,
  })),
  Payment,
);

const accountOf = ({ bankCode, accountNumber, dueDate }: v.InferOutput<typeof Account>) => ({
  bankCode,
  accountNumber,
  dueAt: dueDate,
});

function cancelOf(cancel: v.InferOutput<typeof Cancel>): ChargeCancel {
  const { transactionKey, cancelAmount: amount, taxFreeAmount, canceledAt } = cancel;
  return { transactionKey, amount, taxFreeAmount, canceledAt, ...splitReason(cancel.cancelReason) };
}

/** Undefined for a body that does not follow the schema. */
const parser =
  <S extends v.GenericSchema>(schema: S) =>
  (body: unknown): v.InferOutput<S> | undefined => {
    const result = v.safeParse(schema, body);
    return result.success ? result.output : undefined;
  };

/** Toss's Payment object. */
export const parseTossPayment = parser(v.union([Unapproved, Payment]));

/** The longest cancel reason that Toss accepts, in characters. */
const reasonMax = 200;

/** A reason followed by a mark; Toss stores and shows both as one text. */
export function markedReason(reason: string, mark: string | undefined): string {
  if (mark === undefined) return reason;
  const end = ` (${mark})`;
  return reason.slice(0, reasonMax - end.length).toWellFormed() + end;
}

function splitReason(text: string): { reason: string; mark: string | null } {
  const [, reason = text, mark = null] = /^(.*) \((r-[0-9a-f]{8})\)$/s.exec(text) ?? [];
  return { reason, mark };
}

/** `{ code, message }` of an error response. */
export const parseTossError = parser(
  v.object({ code: v.string(), message: v.nullish(v.string(), "") }),
);

function kindOf(status: string): Transaction["kind"] {
  if (status === "CANCELED" || status === "PARTIAL_CANCELED") return "cancel";
  return status === "WAITING_FOR_DEPOSIT" ? "waiting" : "approval";
}

const TossTransaction = v.pipe(
  v.object({
    transactionKey: v.string(),
    paymentKey: v.string(),
    orderId: v.string(),
    status: v.string(),
    amount: Sum,
    currency: v.nullish(v.string(), "KRW"),
  }),
  v.transform(({ status, ...rest }): Transaction => ({ ...rest, kind: kindOf(status) })),
);

/** One page of `GET /v1/transactions`: approvals and cancels, a row each. */
export const parseTransactions = parser(v.array(TossTransaction));

/** A time as Toss's queries expect it: Korean, to the second, without an offset. */
export const koreanTime = (time: string) => koreanTimeOf(time).replace(" ", "T");
