import { receiptUrlOf } from "@payflow/shared";
import * as v from "valibot";
import type { Charge, Transaction } from "../../domain/charge.ts";

/** Toss adds fields without notice, so only what is needed is asked for, and the rest may be anything. */
/** In other currencies than won sums have decimals, and whoever opens a payment window chooses the currency. */
const Sum = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
/** Toss gives +09:00, or no offset at all, which means Korean time as well. */
const Time = v.pipe(
  v.string(),
  v.transform((text) => new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}+09:00`)),
  v.check((date) => !Number.isNaN(date.getTime()), "is no time"),
  v.transform((date) => date.toISOString()),
);

const failure = v.nullish(v.object({ code: v.string(), message: v.nullish(v.string(), "") }), null);
const head = {
  paymentKey: v.string(),
  orderId: v.string(),
  totalAmount: Sum,
  currency: v.nullish(v.string(), "KRW"),
};

/** Of a payment without an approval nothing else counts, so nothing else may keep it from being read. */
const UnapprovedBody = v.object({
  ...head,
  status: v.picklist(["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"]),
  failure: v.fallback(failure, null),
});

const ApprovedBody = v.object({
  ...head,
  status: v.picklist(["WAITING_FOR_DEPOSIT", "DONE", "PARTIAL_CANCELED", "CANCELED"]),
  balanceAmount: Sum,
  method: v.nullish(v.string(), null),
  approvedAt: v.nullish(Time, null),
  // only shown: an approval must not go unread for it
  receipt: v.fallback(v.nullish(v.object({ url: v.string() }), null), null),
  virtualAccount: v.nullish(
    v.object({ bankCode: v.nullish(v.string(), ""), accountNumber: v.string(), dueDate: Time }),
    null,
  ),
  cancels: v.nullish(
    v.array(
      v.object({
        transactionKey: v.string(),
        cancelAmount: Sum,
        cancelReason: v.nullish(v.string(), ""),
        canceledAt: Time,
        cancelStatus: v.nullish(v.string(), "DONE"),
      }),
    ),
    null,
  ),
  failure,
  secret: v.nullish(v.string(), null),
});

const TossPaymentBody = v.union([ApprovedBody, UnapprovedBody]);

/** Toss's Payment object; undefined when the body is not one. */
export function parseTossPayment(body: unknown): Charge | undefined {
  const result = v.safeParse(TossPaymentBody, body);
  if (!result.success) return undefined;
  if (!("balanceAmount" in result.output)) {
    return {
      ...result.output,
      balanceAmount: result.output.totalAmount,
      method: null,
      approvedAt: null,
      receiptUrl: null,
      secret: null,
      virtualAccount: null,
      cancels: [],
    };
  }
  const { receipt, virtualAccount, cancels, ...rest } = result.output;
  return {
    ...rest,
    receiptUrl: receiptUrlOf(receipt?.url),
    virtualAccount: virtualAccount && {
      bankCode: virtualAccount.bankCode,
      accountNumber: virtualAccount.accountNumber,
      dueAt: virtualAccount.dueDate,
    },
    cancels: (cancels ?? [])
      .filter((cancel) => cancel.cancelStatus === "DONE")
      .map(({ transactionKey, cancelAmount, cancelReason, canceledAt }) => ({
        transactionKey,
        amount: cancelAmount,
        canceledAt,
        ...splitReason(cancelReason),
      })),
  };
}

/** Toss takes so many characters as the reason of a cancel. */
const reasonMax = 200;

/** A reason with a mark behind it, which Toss keeps and shows as one text. */
export function markedReason(reason: string, mark: string | undefined): string {
  if (mark === undefined) return reason;
  const end = ` (${mark})`;
  return reason.slice(0, reasonMax - end.length).toWellFormed() + end;
}

function splitReason(text: string): { reason: string; mark: string | null } {
  const [, reason = text, mark = null] = /^(.*) \((r-[0-9a-f]{8})\)$/s.exec(text) ?? [];
  return { reason, mark };
}

const TossErrorBody = v.object({ code: v.string(), message: v.nullish(v.string(), "") });

/** `{ code, message }` of an error answer; undefined when the body is not one. */
export function parseTossError(body: unknown): { code: string; message: string } | undefined {
  const result = v.safeParse(TossErrorBody, body);
  return result.success ? result.output : undefined;
}

const TransactionsBody = v.array(
  v.object({
    transactionKey: v.string(),
    paymentKey: v.string(),
    orderId: v.string(),
    status: v.string(),
    amount: Sum,
  }),
);

function kindOf(status: string): Transaction["kind"] {
  if (status === "CANCELED" || status === "PARTIAL_CANCELED") return "cancel";
  return status === "WAITING_FOR_DEPOSIT" ? "waiting" : "approval";
}

/** One page of `GET /v1/transactions`: approvals and cancels, a row each; undefined when the body is not one. */
export function parseTransactions(body: unknown): Transaction[] | undefined {
  const result = v.safeParse(TransactionsBody, body);
  if (!result.success) return undefined;
  return result.output.map(({ status, ...rest }) => ({ ...rest, kind: kindOf(status) }));
}

/** A time as Toss's queries take it: Korean, to the second, without an offset. */
export function koreanTime(time: string): string {
  const koreanOffsetMs = 9 * 60 * 60 * 1000;
  return new Date(Date.parse(time) + koreanOffsetMs).toISOString().slice(0, 19);
}
