import type { OrderFacts } from "@payflow/shared";
import type { Answer, Charge } from "../domain/charge.ts";
import { openPayment, type Payment } from "../domain/payment.ts";
import type { Moment } from "../domain/psp.ts";
import { recordAnswer, recordFinding } from "../domain/record.ts";
import { requestClose, requestConfirm, requestResend } from "../domain/requests.ts";
import { tossProfile } from "../infrastructure/toss/toss_profile.ts";

/** Given states and responses for the domain's tests, made from an open payment by the functions under test. */

export const openedAt = "2026-01-05T05:00:00.000Z";
export const expiresAt = "2026-01-05T05:45:00.000Z";
export const key = "tviva20260105140000AAAAA";

export const facts: OrderFacts = {
  orderId: "0190a000-0000-7000-8000-000000000001",
  orderName: "프리미엄 개발자 도구",
  amount: 1000,
  taxFreeAmount: 0,
  currency: "KRW",
  expiresAt,
};

let ids = 0;

/** A decision's moment, this many seconds after the payment was opened. */
export function at(seconds: number): Moment {
  return {
    now: new Date(Date.parse(openedAt) + seconds * 1000).toISOString(),
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    reconcileAfterMs: 5_000,
    callLimitMs: 60_000,
    psp: tossProfile,
  };
}

export function atToss(change: Partial<Charge> = {}): Charge {
  return {
    paymentKey: key,
    orderId: facts.orderId,
    status: "DONE",
    totalAmount: 1000,
    balanceAmount: 1000,
    taxFreeAmount: 0,
    currency: "KRW",
    method: "카드",
    approvedAt: "2026-01-05T05:00:10.000Z",
    receiptUrl: "https://receipt.example/1",
    virtualAccount: null,
    refundLimits: { wholeOnly: false, until: null },
    cashReceipt: null,
    isEscrow: false,
    cancels: [],
    failure: null,
    transactionKey: "txrd_0",
    card: {
      issuer: "61",
      number: "43301234****123*",
      installmentMonths: 0,
      isInterestFree: false,
      approvalNumber: "00000000",
    },
    vat: 91,
    payout: null,
    secret: "ps_1",
    ...change,
  };
}

export const account = {
  bankCode: "20",
  accountNumber: "X3790109057645",
  dueAt: "2026-01-12T05:00:00.000Z",
};

export const waitingAtToss = atToss({
  status: "WAITING_FOR_DEPOSIT",
  approvedAt: null,
  receiptUrl: null,
  method: "가상계좌",
  virtualAccount: account,
});

const cancel = {
  transactionKey: "txrd_1",
  amount: 400,
  taxFreeAmount: 0,
  reason: "환불",
  mark: null,
  canceledAt: "2026-01-05T06:00:00.000Z",
};
export const partlyCanceledAtToss = atToss({
  status: "PARTIAL_CANCELED",
  balanceAmount: 600,
  cancels: [cancel],
});
export const canceledAtToss = atToss({
  status: "CANCELED",
  balanceAmount: 0,
  cancels: [{ ...cancel, amount: 1000 }],
});

export function answered(payment: Charge) {
  return { kind: "payment", payment } as const;
}

export const rejected = {
  kind: "declined",
  code: "REJECT_CARD_PAYMENT",
  message: "한도초과",
} as const;
export const noAnswer = {
  kind: "unknown",
  answered: false,
  code: "NO_ANSWER",
  message: "timeout",
} as const;

/** Records the response to a confirm, to a full cancel of a paymentKey, and to a refund. */
export const recordConfirmAnswer = (
  payment: Payment,
  paymentKey: string,
  answer: Answer,
  moment: Moment,
) => recordAnswer(payment, { kind: "confirm", paymentKey }, answer, moment);
export const recordCancelAnswer = (
  payment: Payment,
  paymentKey: string,
  answer: Answer,
  moment: Moment,
) => recordAnswer(payment, { kind: "cancel", paymentKey }, answer, moment);
export const recordRefundAnswer = (
  payment: Payment,
  refund: string,
  answer: Answer,
  moment: Moment,
) => recordAnswer(payment, { kind: "refund", paymentKey: key, key: refund }, answer, moment);

export const resendConfirm = (payment: Payment, paymentKey: string, moment: Moment) =>
  requestResend(payment, { kind: "confirm", paymentKey }, moment);
export const resendRefund = (payment: Payment, refund: string, moment: Moment) =>
  requestResend(payment, { kind: "refund", paymentKey: key, key: refund }, moment);

export function ready(): Payment {
  return { ...openPayment(facts), version: 1 };
}

export function inProgress(): Payment {
  const change = requestConfirm(ready(), { paymentKey: key, amount: 1000 }, at(1));
  if (change === undefined) throw new Error("the attempt was there already");
  return change.state;
}

export function unknown(): Payment {
  return recordConfirmAnswer(inProgress(), key, noAnswer, at(2)).state;
}

export function declined(): Payment {
  return recordConfirmAnswer(inProgress(), key, rejected, at(2)).state;
}

export function done(): Payment {
  return recordConfirmAnswer(inProgress(), key, answered(atToss()), at(2)).state;
}

export function waiting(): Payment {
  return recordConfirmAnswer(inProgress(), key, answered(waitingAtToss), at(2)).state;
}

export function closing(): Payment {
  const change = requestClose(waiting(), "canceled", at(3));
  if (change === undefined) throw new Error("the account was closed already");
  return change.state;
}

/** Five minutes after an account's due time, in seconds after the payment was opened. */
export const overAt = (Date.parse(account.dueAt) - Date.parse(openedAt)) / 1000 + 300;

/** An abandoned account: Toss did not cancel it, and it is past its due time. */
export function left(): Payment {
  const refused = { kind: "declined", code: "NOT_CANCELABLE_PAYMENT", message: "" } as const;
  const open = recordCancelAnswer(closing(), key, refused, at(overAt)).state;
  return recordFinding(open, key, answered(waitingAtToss), at(overAt)).state;
}

export function partlyRefunded(): Payment {
  return recordFinding(done(), key, answered(partlyCanceledAtToss), at(4)).state;
}

export function refunded(): Payment {
  return recordFinding(done(), key, answered(canceledAtToss), at(4)).state;
}

export function canceled(from: Payment = ready()): Payment {
  const change = requestClose(from, "canceled", at(3));
  if (change === undefined) throw new Error("it was closed already");
  return change.state;
}

export function expired(): Payment {
  const change = requestClose(ready(), "expired", at(45 * 60));
  if (change === undefined) throw new Error("it was closed already");
  return change.state;
}
