import { expect, test } from "bun:test";
import { withEntries, type RecordedEntry } from "@payflow/shared";
import {
  answered,
  at,
  atToss,
  canceled,
  canceledAtToss,
  closing,
  inProgress,
  key,
  left,
  noAnswer,
  overAt,
  partlyCanceledAtToss,
  ready,
  recordCancelAnswer,
  recordConfirmAnswer,
  recordRefundAnswer,
  rejected,
  unknown,
  waitingAtToss,
} from "../testing/given.ts";
import type { PaymentChange } from "./change.ts";
import type { Charge } from "./charge.ts";
import type { Payment } from "./payment.ts";
import { recordFinding } from "./record.ts";
import { requestClose, requestConfirm, requestRefund } from "./requests.ts";
import { nameAccount } from "./return_account.ts";

type Step = (payment: Payment) => PaymentChange | undefined;

/** The entries that these decisions record, one after the other. */
function timelineOf(from: Payment, ...steps: Step[]): RecordedEntry[] {
  let payment = from;
  return steps.flatMap((step) => {
    const change = step(payment);
    if (change === undefined) throw new Error("nothing was decided");
    payment = change.state;
    return [...(change.entries ?? [])];
  });
}

const tries =
  (paymentKey = key, seconds = 1): Step =>
  (payment) =>
    requestConfirm(payment, { paymentKey, amount: 1000 }, at(seconds));
const hears =
  (answer: Parameters<typeof recordConfirmAnswer>[2], paymentKey = key, seconds = 2): Step =>
  (payment) =>
    recordConfirmAnswer(payment, paymentKey, answer, at(seconds));
const sees =
  (charge: Charge, seconds = 20): Step =>
  (payment) =>
    recordFinding(payment, charge.paymentKey, answered(charge), at(seconds));
const hearsOfCancel =
  (charge: Charge, seconds = 30): Step =>
  (payment) =>
    recordCancelAnswer(payment, charge.paymentKey, answered(charge), at(seconds));

const tried = { kind: "tried" } as const;
const paid = { kind: "paid", amount: 1000, at: "2026-01-05T05:00:10.000Z" } as const;
const declined = { kind: "declined", reason: { code: rejected.code, message: rejected.message } };
const cameLate = { kind: "came_late" } as const;
const wentBack = { kind: "went_back", amount: 1000 } as const;
const deposited = atToss({ virtualAccount: waitingAtToss.virtualAccount });
const kinds = (entries: readonly RecordedEntry[]) => entries.map(({ kind }) => kind);

test("declined, then paid: each attempt, the reason of each decline, and the provider's time of the payment", () => {
  const other = atToss({ paymentKey: "key-2" });
  const list = [tries(), hears(rejected), tries("key-2", 5), hears(answered(other), "key-2", 20)];
  expect(timelineOf(ready(), ...list)).toEqual([tried, declined, tried, paid] as never);
  // what is seen again is not recorded again
  expect(timelineOf(ready(), ...list, sees(other, 700)).length).toBe(4);
});

test("a missing response adds nothing, and a query records the same entries as the response would", () => {
  expect(timelineOf(inProgress(), hears(noAnswer))).toEqual([]);
  expect(timelineOf(unknown(), sees(atToss()))).toEqual([paid]);
});

test("an attempt that ends after the order's period declines and expires; a closed order remains closed", () => {
  expect(timelineOf(inProgress(), hears(rejected, key, 2_800))).toEqual([
    declined,
    { kind: "expired" },
  ] as never);
  const close =
    (reason: "expired" | "canceled"): Step =>
    (payment) =>
      requestClose(payment, reason, at(2_701));
  expect(timelineOf(ready(), close("expired"))).toEqual([{ kind: "expired" }]);
  expect(timelineOf(inProgress(), close("canceled"))).toEqual([{ kind: "canceled" }]);
  // an earlier decline is not recorded again
  expect(kinds(timelineOf(inProgress(), hears(rejected), close("expired")))).toEqual([
    "declined",
    "expired",
  ]);
  // a decline does not matter for a closed order
  expect(timelineOf(canceled(inProgress()), hears(rejected))).toEqual([]);
});

test("a deposit is expected, arrives, is taken back, and arrives again", () => {
  const again = { ...deposited, approvedAt: "2026-01-05T05:05:00.000Z" };
  expect(
    timelineOf(
      inProgress(),
      hears(answered(waitingAtToss)),
      sees(deposited),
      sees(waitingAtToss, 200),
      sees(again, 400),
    ),
  ).toEqual([
    { kind: "waiting_for_deposit", amount: 1000 },
    paid,
    { kind: "deposit_reversed", amount: 1000 },
    { ...paid, at: again.approvedAt },
  ]);
});

test("refunds have the provider's amounts and times, also when payment and refund are found together", () => {
  const refunded = (amount: number) => ({
    kind: "refunded",
    amount,
    at: "2026-01-05T06:00:00.000Z",
  });
  const refund: Step = (payment) =>
    requestRefund(
      payment,
      { key: "refund-1", requestHash: "1", reason: "환불", amount: 400 },
      at(3_590),
    );
  const answer: Step = (payment) =>
    recordRefundAnswer(payment, "refund-1", answered(partlyCanceledAtToss), at(3_601));
  expect(timelineOf(inProgress(), hears(answered(atToss())), refund, answer)).toEqual([
    paid,
    refunded(400),
  ] as never);
  expect(timelineOf(unknown(), sees(canceledAtToss, 3_700))).toEqual([
    paid,
    refunded(1000),
  ] as never);
});

test("the cancel of an unpaid account is not a refund", () => {
  const cancels = [{ ...canceledAtToss.cancels[0]!, amount: 1000 }];
  const gone: Charge = { ...waitingAtToss, status: "CANCELED", balanceAmount: 0, cancels };
  expect(timelineOf(closing(), hearsOfCancel(gone))).toEqual([{ kind: "canceled" }]);
});

test("an approval of a closed order is late, and is returned", () => {
  const back = [hears(answered(atToss())), hearsOfCancel(canceledAtToss)];
  expect(timelineOf(canceled(inProgress()), ...back)).toEqual([cameLate, wentBack]);
});

test("a second approval is returned, and a repeated response about the first is none", () => {
  const second = atToss({ paymentKey: "key-2" });
  const both = [
    hears(rejected),
    tries("key-2", 5),
    hears(answered(second), "key-2", 20),
    sees(atToss(), 100),
    sees(second, 110),
    hearsOfCancel(canceledAtToss),
  ];
  expect(kinds(timelineOf(inProgress(), ...both))).toEqual([
    ...(["declined", "tried", "paid", "came_late", "went_back"] as const),
  ]);
});

test("an approval of a wrong amount is not declined: it is shown, and returned", () => {
  const wrong = atToss({ totalAmount: 900, balanceAmount: 900 });
  expect(timelineOf(unknown(), sees(wrong))).toEqual([cameLate]);
});

test("a deposit into a closed account is returned after its owner named an account, and is not a payment", () => {
  const account = { bank: "20", accountNumber: "1", holderName: "김토스" };
  const named: Step = (payment) => nameAccount(payment, account, at(overAt + 100));
  const cancels = [{ ...canceledAtToss.cancels[0]!, amount: 1000 }];
  const back: Charge = { ...deposited, status: "CANCELED", balanceAmount: 0, cancels };
  expect(
    timelineOf(left(), sees(deposited, overAt + 50), named, hearsOfCancel(back, overAt + 200)),
  ).toEqual([cameLate, wentBack]);
});

test("the detail of a history row keeps its other fields besides the entries", () => {
  expect(withEntries({ paymentKey: key }, [tried])).toEqual({ paymentKey: key, entries: [tried] });
  expect(withEntries(undefined, [])).toBeUndefined();
});
