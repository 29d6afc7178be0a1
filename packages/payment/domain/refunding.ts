import {
  AppError,
  type Change,
  type PaymentCancel,
  type PaymentEvent,
  type PaymentFailure,
} from "@payflow/shared";
import { recordFinding } from "./approval.ts";
import { askAfterMs, askLastMs, plusMs } from "./attempt.ts";
import {
  changed,
  keptOf,
  type Moment,
  type PaidPayment,
  type Payment,
} from "./payment.ts";
import { isOpenRefund, type Refund } from "./refund.ts";
import type { TossAnswer, TossFinding } from "./toss_payment.ts";

type PaymentChange = Change<Payment, PaymentEvent>;

/** As many refunds of one order as any shop has needed; the row must stay small. */
const refundsMax = 100;

export type RefundRequest = Pick<
  Refund,
  "key" | "requestHash" | "reason" | "account"
> & {
  /** Undefined: all that is left. */
  readonly amount: number | undefined;
};

/**
 * Decides whether a refund may be sent to Toss, and stores it before it is. Undefined: this key's refund is stored
 * already. Throws AppError `idempotency_key_reused`, `payment_not_refundable`, `refund_in_progress`,
 * `amount_exceeds_balance` or `refund_account_required`.
 */
export function requestRefund(
  payment: Payment,
  request: RefundRequest,
  moment: Moment,
): PaymentChange | undefined {
  const { key, requestHash, reason, account } = request;
  const known = findRefund(payment, key);
  if (known) {
    if (known.requestHash === requestHash) return undefined;
    throw new AppError(
      "invalid",
      "idempotency_key_reused",
      "This Idempotency-Key was used for another refund; send a new key with a new refund",
    );
  }
  const paid = refundable(payment);
  const { kept } = paid;
  const amount = request.amount ?? kept.balanceAmount;
  if (amount > kept.balanceAmount) {
    throw new AppError(
      "invalid",
      "amount_exceeds_balance",
      `Cannot refund ${amount} of order "${payment.orderId}": ${kept.balanceAmount} is left`,
    );
  }
  if (kept.virtualAccount !== null && account === null) {
    throw new AppError(
      "invalid",
      "refund_account_required",
      `Order "${payment.orderId}" was paid into a virtual account: say to which account the money goes back`,
    );
  }
  const refund: Refund = {
    ...{ key, requestHash, amount, reason, account },
    status: "REQUESTED",
    refundableAmount: kept.balanceAmount,
    cancelsBefore: kept.cancels.map((cancel) => cancel.transactionKey),
    idempotencyKey: moment.newId(),
    lastPostAt: moment.now,
    asks: 0,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
    failure: null,
  };
  return changed(
    payment,
    { ...paid, refunds: [...paid.refunds, refund] },
    moment,
  );
}

/** Records what came of the call to Toss for the refund under way. */
export function recordRefundAnswer(
  payment: Payment,
  key: string,
  answer: TossAnswer,
  moment: Moment,
): PaymentChange {
  if (answer.kind === "payment")
    return settled(payment, key, answer, moment, { isDone: true });
  const refund = refundOf(payment, key);
  const failure = { code: answer.code, message: answer.message };
  if (answer.kind === "declined") {
    return changed(
      payment,
      withRefund(payment, {
        ...refund,
        status: "DECLINED",
        nextAt: null,
        failure,
      }),
      moment,
    );
  }
  const answered = answer.kind !== "unknown" || answer.answered;
  const waitMs =
    refund.asks === 0
      ? moment.reconcileAfterMs
      : (askAfterMs(refund.asks) ?? askLastMs);
  const next: Refund = {
    ...refund,
    status: "UNKNOWN",
    failure,
    // an answer that Toss would repeat needs another key; what Toss must hold guards against doing it twice
    idempotencyKey: answered ? moment.newId() : refund.idempotencyKey,
    nextAt: plusMs(moment.now, waitMs),
  };
  return changed(payment, withRefund(payment, next), moment);
}

/** Records what a question about the payment brought, for the refund under way. */
export function recordRefundFinding(
  payment: Payment,
  key: string,
  finding: TossFinding,
  moment: Moment,
): PaymentChange {
  if (finding.kind === "payment") {
    return settled(payment, key, finding, moment, { isDone: false });
  }
  return changed(
    payment,
    withRefund(payment, asked(refundOf(payment, key), moment)),
    moment,
  );
}

/** Stores that the refund goes out once more, under the key that it has by now. */
export function repeatRefund(
  payment: Payment,
  key: string,
  moment: Moment,
): PaymentChange {
  const refund = refundOf(payment, key);
  const next: Refund = {
    ...refund,
    status: "REQUESTED",
    lastPostAt: moment.now,
    nextAt: plusMs(moment.now, moment.reconcileAfterMs),
  };
  return changed(payment, withRefund(payment, next), moment);
}

/** True when a question has shown nothing of it and no earlier call can still be under way. */
export function mayRepeatRefund(refund: Refund, moment: Moment): boolean {
  if (refund.status === "UNKNOWN") return true;
  const endedAt = plusMs(refund.lastPostAt, moment.callLimitMs + 5_000);
  return refund.status === "REQUESTED" && moment.now >= endedAt;
}

export function findRefund(payment: Payment, key: string): Refund | undefined {
  return payment.refunds.find((refund) => refund.key === key);
}

export function refundOf(payment: Payment, key: string): Refund {
  const refund = findRefund(payment, key);
  if (refund === undefined) {
    throw new Error(`Payment "${payment.orderId}" has no refund "${key}"`);
  }
  return refund;
}

function refundable(payment: Payment): PaidPayment {
  const { orderId } = payment;
  if (payment.refunds.some(isOpenRefund)) {
    throw new AppError(
      "conflict",
      "refund_in_progress",
      `A refund of order "${orderId}" is under way; its outcome decides what is left`,
      { retryAfterSeconds: 5 },
    );
  }
  const paid =
    payment.status === "DONE" || payment.status === "PARTIAL_CANCELED";
  if (!paid || payment.refunds.length >= refundsMax) {
    throw new AppError(
      "conflict",
      "payment_not_refundable",
      `Cannot refund order "${orderId}": its payment is ${payment.status}`,
    );
  }
  return payment;
}

/** The payment as Toss shows it, and the refund as that picture explains it. */
function settled(
  payment: Payment,
  key: string,
  finding: Extract<TossFinding, { kind: "payment" }>,
  moment: Moment,
  { isDone }: { readonly isDone: boolean },
): PaymentChange {
  const refund = refundOf(payment, key);
  const { cancels, balanceAmount } = finding.payment;
  const base = withRefund(payment, explained());
  const paymentKey = keptOf(payment)?.paymentKey;
  if (paymentKey === undefined) return changed(payment, base, moment);
  return recordFinding(base, paymentKey, finding, moment);

  function explained(): Refund {
    const isThis = (cancel: PaymentCancel) =>
      !refund.cancelsBefore.includes(cancel.transactionKey) &&
      cancel.amount === refund.amount &&
      cancel.reason === refund.reason;
    if (isDone || cancels.some(isThis))
      return { ...refund, status: "DONE", nextAt: null, failure: null };
    // a picture from before the refund was asked for tells nothing of it
    const isOlder = refund.cancelsBefore.some(
      (before) => !cancels.some((cancel) => cancel.transactionKey === before),
    );
    // Toss holds another sum than the refund was asked for: it has refused it, or will
    const cannotBe =
      !isOlder &&
      balanceAmount !== refund.refundableAmount &&
      mayRepeatRefund(refund, moment);
    if (cannotBe)
      return {
        ...refund,
        status: "DECLINED",
        nextAt: null,
        failure: balanceMoved,
      };
    return asked(refund, moment);
  }
}

const balanceMoved: PaymentFailure = {
  code: "NOT_MATCHES_REFUNDABLE_AMOUNT",
  message: "잔액 결과가 일치하지 않습니다.",
};

function asked(refund: Refund, moment: Moment): Refund {
  const asks = refund.asks + 1;
  const waitMs = askAfterMs(asks);
  return {
    ...refund,
    asks,
    nextAt: waitMs === undefined ? null : plusMs(moment.now, waitMs),
  };
}

function withRefund<P extends Payment>(payment: P, next: Refund): P {
  const refunds = payment.refunds.map((refund) =>
    refund.key === next.key ? next : refund,
  );
  return { ...payment, refunds };
}
