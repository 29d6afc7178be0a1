// How Toss decides a confirm or a cancel: its checks run in order, and the first failed check decides
// (docs.tosspayments.com/reference/error-codes).
import type { Transaction } from "@payflow/ledger/movements";
import type { Charge } from "@payflow/payment/testing";
import type { Clock } from "./clock.ts";
import { must } from "./invariant.ts";
import type { CancelRequest, ConfirmRequest, Session } from "./toss_session.ts";

export type Refusal = { readonly status: number; readonly code: string };

/** A refusal, a change, or both. */
export type Decision = {
  readonly refusal?: Refusal;
  readonly change?: Partial<Charge>;
  readonly kind?: Transaction["kind"];
};

type Situation = {
  readonly clock: Clock;
  /** The card company or the bank declines. */
  readonly isDeclined: boolean;
};

/** Short, but allowed at Toss; a longer time would only add hourly status queries. */
const depositWithinMs = 2.5 * 60 * 60_000;

export function decideConfirm(
  session: Session | undefined,
  request: ConfirmRequest,
  { clock, isDeclined }: Situation,
): Decision {
  if (session === undefined || session.orderId !== request.orderId)
    return refuse(404, "NOT_FOUND_PAYMENT_SESSION");
  const { status } = session.payment;
  if (status === "EXPIRED" || status === "READY") return refuse(404, "NOT_FOUND_PAYMENT_SESSION");
  if (status !== "IN_PROGRESS") return refuse(400, "ALREADY_PROCESSED_PAYMENT");
  if (request.amount !== session.amount && !session.takesAnyAmount)
    return refuse(400, "INVALID_REQUEST");
  if (isDeclined) {
    const failure = { code: "REJECT_CARD_PAYMENT", message: "한도초과" };
    return { ...refuse(403, failure.code), change: { status: "ABORTED", failure } };
  }
  if (session.method === "card") return capture(clock);
  const dueAt = clock.iso(clock.ms() + depositWithinMs);
  const virtualAccount = { bankCode: "20", accountNumber: "X3790109057645", dueAt };
  return { change: { status: "WAITING_FOR_DEPOSIT", virtualAccount }, kind: "waiting" };
}

export function capture(clock: Clock): Decision {
  const receiptUrl = "https://receipt.example/";
  return { change: { status: "DONE", approvedAt: clock.now(), receiptUrl }, kind: "approval" };
}

export function decideCancel(
  session: Session | undefined,
  request: CancelRequest,
  { clock, isDeclined, cancelsOverdue }: Situation & { readonly cancelsOverdue: boolean },
): Decision {
  if (session === undefined) return refuse(404, "NOT_FOUND_PAYMENT");
  const { status, balanceAmount, approvedAt, cancels } = session.payment;
  const dueAt = session.payment.virtualAccount?.dueAt ?? "";
  const isOverdue = status === "WAITING_FOR_DEPOSIT" && clock.now() > dueAt;
  if (isOverdue && !cancelsOverdue) return refuse(403, "NOT_CANCELABLE_PAYMENT");
  if (["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"].includes(status))
    return refuse(403, "NOT_CANCELABLE_PAYMENT");
  if (status === "CANCELED") return refuse(400, "ALREADY_CANCELED_PAYMENT");
  if (balanceAmount === 0) return refuse(403, "NOT_CANCELABLE_AMOUNT");
  if ((request.refundableAmount ?? balanceAmount) !== balanceAmount)
    return refuse(400, "NOT_MATCHES_REFUNDABLE_AMOUNT");
  const amount = request.amount ?? balanceAmount;
  if (amount > balanceAmount) return refuse(403, "NOT_CANCELABLE_AMOUNT");
  const isPartial = amount < balanceAmount;
  if (status === "WAITING_FOR_DEPOSIT" && isPartial)
    return refuse(403, "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT");
  if (session.method === "account" && approvedAt !== null && !request.account)
    return refuse(400, "INVALID_REFUND_ACCOUNT_INFO");
  if (isDeclined) return refuse(400, "REFUND_REJECTED");
  const taxFreeAmount = taxFreeOf(session.payment, { ...request, amount });
  const cancel = {
    transactionKey: clock.newId(),
    amount,
    taxFreeAmount,
    reason: request.reason,
    mark: request.mark ?? null,
    canceledAt: clock.now(),
  };
  return {
    change: {
      // CANCELED means one full cancel; after partial cancels the last one leaves PARTIAL_CANCELED with balance 0
      status: !isPartial && cancels.length === 0 ? "CANCELED" : "PARTIAL_CANCELED",
      balanceAmount: balanceAmount - amount,
      taxFreeAmount: session.payment.taxFreeAmount - taxFreeAmount,
      cancels: [...cancels, cancel],
      // a deposit goes back by bank transfer
      ...(session.method === "account" && approvedAt !== null ? { payout: "PENDING" } : {}),
    },
    kind: "cancel",
  };
}

/** A cancel's tax-free amount: as requested, or the part that exceeds the taxable balance. */
function taxFreeOf(
  { balanceAmount, taxFreeAmount: left }: Charge,
  { amount, taxFreeAmount: named }: { readonly amount: number; readonly taxFreeAmount?: number },
): number {
  const least = Math.max(0, amount - (balanceAmount - left));
  const isWithin = named === undefined || (named >= least && named <= Math.min(amount, left));
  must(isWithin, `A cancel of ${amount} names ${named} of ${left} free of VAT`);
  return named ?? least;
}

function refuse(status: number, code: string): Decision & { readonly refusal: Refusal } {
  return { refusal: { status, code } };
}
